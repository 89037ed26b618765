/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.webapp;

import io.gatehouse.servlet.ComponentFactory;
import java.lang.annotation.Annotation;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Calls what components want called after they were made and before they are let go of (Servlet 6.1 section 15.5.1): methods
 * annotated {@code @PostConstruct} and {@code @PreDestroy}, unless the factory does that itself, and those that a
 * descriptor names.
 *
 * <p>The annotations are known by their names: an application may bring them along, and the container needs no jar for them.
 */
final class LifecycleCallbacks implements ComponentFactory {

    private static final System.Logger LOG = System.getLogger("io.gatehouse.webapp");
    private static final String AFTER = "jakarta.annotation.PostConstruct";
    private static final String BEFORE = "jakarta.annotation.PreDestroy";

    private final ComponentFactory factory;
    private final boolean annotated;
    private final Map<String, Said<String>> postConstruct;
    private final Map<String, Said<String>> preDestroy;

    /**
     * @param annotated whether annotated methods are called here
     * @param postConstruct names of methods by class
     */
    LifecycleCallbacks(
            ComponentFactory factory, boolean annotated, Map<String, Said<String>> postConstruct,
            Map<String, Said<String>> preDestroy) {
        this.factory = factory;
        this.annotated = annotated;
        this.postConstruct = Map.copyOf(postConstruct);
        this.preDestroy = Map.copyOf(preDestroy);
    }

    @Override
    public <T> T create(Class<T> type) throws Exception {
        T component = factory.create(type);
        try {
            for (Method method : methods(component.getClass(), AFTER, postConstruct)) {
                method.invoke(component);
            }
        } catch (InvocationTargetException e) {
            factory.destroy(component);
            throw new DeploymentException("a method of " + type.getName() + " that is called after its making failed",
                    e.getCause());
        }
        return component;
    }

    @Override
    public void destroy(Object component) {
        try {
            List<Method> methods = methods(component.getClass(), BEFORE, preDestroy);
            for (int i = methods.size() - 1; i >= 0; i--) {
                methods.get(i).invoke(component);
            }
        } catch (ReflectiveOperationException | DeploymentException | RuntimeException e) {
            LOG.log(System.Logger.Level.WARNING,
                    "a method of " + component.getClass().getName() + " that is called before its end failed", e);
        }
        factory.destroy(component);
    }

    /** The methods of a class and its superclasses, those of the first superclass first; an overridden one once. */
    private List<Method> methods(Class<?> type, String annotation, Map<String, Said<String>> named)
            throws DeploymentException {
        List<Class<?>> line = new ArrayList<>();
        for (Class<?> each = type; each != null && each != Object.class; each = each.getSuperclass()) {
            line.add(0, each);
        }
        List<Method> found = new ArrayList<>();
        Set<String> overridden = new HashSet<>();
        for (int i = line.size() - 1; i >= 0; i--) {
            Class<?> each = line.get(i);
            Said<String> said = named.get(each.getName());
            boolean missing = said != null;
            for (Method method : each.getDeclaredMethods()) {
                boolean isNamed = said != null && isNamed(method, said);
                boolean wanted = annotated && isAnnotated(method, annotation) || isNamed;
                missing &= !isNamed;
                if (wanted && !method.isBridge() && !overridden.contains(method.getName())) {
                    require(method);
                    found.add(0, method);
                }
                if (method.getParameterCount() == 0 && !Modifier.isPrivate(method.getModifiers())) {
                    overridden.add(method.getName());
                }
            }
            if (missing && said != null) {
                throw DeploymentException.at(said.place(), each.getName() + " has no method " + said.value()
                        + "() without parameters: write one, or correct the name");
            }
        }
        return found;
    }

    private static boolean isNamed(Method method, Said<String> said) {
        return method.getName().equals(said.value()) && method.getParameterCount() == 0;
    }

    private static boolean isAnnotated(Method method, String annotation) {
        for (Annotation each : method.getAnnotations()) {
            if (each.annotationType().getName().equals(annotation)) {
                return true;
            }
        }
        return false;
    }

    private static void require(Method method) throws DeploymentException {
        if (method.getParameterCount() > 0 || Modifier.isStatic(method.getModifiers())) {
            throw new DeploymentException(method.getDeclaringClass().getName() + "." + method.getName()
                    + " can't be called at the beginning or end of its object: take away its parameters and static");
        }
        method.setAccessible(true);
    }
}
