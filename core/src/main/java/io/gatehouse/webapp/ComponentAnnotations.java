/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.webapp;

import io.gatehouse.webapp.AnnotationReader.Annotation;
import jakarta.servlet.HttpConstraintElement;
import jakarta.servlet.HttpMethodConstraintElement;
import jakarta.servlet.ServletSecurityElement;
import jakarta.servlet.annotation.ServletSecurity.EmptyRoleSemantic;
import jakarta.servlet.annotation.ServletSecurity.TransportGuarantee;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The annotations of a servlet's class that hold wherever the servlet is declared (Servlet 6.1 sections 8.1.5, 13.4.1 and
 * 15.5): {@code @MultipartConfig}, {@code @ServletSecurity} and {@code @RunAs}.
 */
final class ComponentAnnotations {

    /** What asks for a naming service, or for another container than this. */
    private static final Set<String> NAMING = Set.of(
            "jakarta.annotation.Resource", "jakarta.annotation.Resources", "jakarta.ejb.EJB", "jakarta.ejb.EJBs",
            "jakarta.persistence.PersistenceContext", "jakarta.persistence.PersistenceContexts",
            "jakarta.persistence.PersistenceUnit", "jakarta.persistence.PersistenceUnits",
            "jakarta.xml.ws.WebServiceRef", "jakarta.xml.ws.WebServiceRefs");

    private ComponentAnnotations() {}

    /** Adds to a declaration what its class says and it does not say itself. */
    static void add(ClassIndex index, ScannedClass type, Declaration into) throws DeploymentException {
        Map<String, Object> multipart = type.values().get(AnnotationReader.PACKAGE + "MultipartConfig");
        if (multipart != null && into.multipart() == null) {
            into.set(Declaration.MULTIPART, multipart(multipart), type.place());
        }
        Map<String, Object> runAs = type.values().get("jakarta.annotation.security.RunAs");
        if (runAs != null && into.runAs() == null) {
            into.set(Declaration.RUN_AS, String.valueOf(runAs.get("value")), type.place());
        }
        Annotation security = inherited(index, type, AnnotationReader.PACKAGE + "ServletSecurity");
        if (security != null && into.security() == null) {
            into.set(Declaration.SECURITY, security(security), type.place());
        }
    }

    /** The annotations of a component that nobody here can serve. */
    static Set<String> unserved(ScannedClass type) {
        Set<String> found = new TreeSet<>(type.marks());
        found.addAll(type.memberMarks());
        found.retainAll(NAMING);
        return found;
    }

    private static MultipartSettings multipart(Map<String, Object> values) {
        return new MultipartSettings(
                values.get("location") instanceof String text ? text : "",
                values.get("maxFileSize") instanceof Long size ? size : -1,
                values.get("maxRequestSize") instanceof Long size ? size : -1,
                values.get("fileSizeThreshold") instanceof Integer size ? size : 0);
    }

    private static @Nullable Annotation inherited(ClassIndex index, ScannedClass type, String annotation) {
        ScannedClass current = type;
        while (current != null) {
            Map<String, Object> values = current.values().get(annotation);
            if (values != null) {
                return new Annotation(type, "@ServletSecurity", values);
            }
            String above = current.parent();
            current = above == null ? null : index.find(above);
        }
        return null;
    }

    private static ServletSecurityElement security(Annotation said) throws DeploymentException {
        Annotation rest = said.annotation("value");
        List<HttpMethodConstraintElement> methods = new ArrayList<>();
        for (Annotation each : said.annotations("httpMethodConstraints")) {
            methods.add(new HttpMethodConstraintElement(each.text("value"), constraint(each, "emptyRoleSemantic")));
        }
        try {
            return rest == null ? new ServletSecurityElement(methods)
                    : new ServletSecurityElement(constraint(rest, "value"), methods);
        } catch (IllegalArgumentException e) {
            throw said.wrong("it names a method twice: leave one");
        }
    }

    private static HttpConstraintElement constraint(Annotation said, String emptyRoles) throws DeploymentException {
        EmptyRoleSemantic semantic = "DENY".equals(said.text(emptyRoles)) ? EmptyRoleSemantic.DENY : EmptyRoleSemantic.PERMIT;
        TransportGuarantee guarantee = "CONFIDENTIAL".equals(said.text("transportGuarantee"))
                ? TransportGuarantee.CONFIDENTIAL : TransportGuarantee.NONE;
        String[] roles = said.texts("rolesAllowed").toArray(String[]::new);
        if (semantic == EmptyRoleSemantic.DENY && roles.length > 0) {
            throw said.wrong("it denies all and allows " + String.join(", ", roles) + ": leave one of them");
        }
        return new HttpConstraintElement(semantic, guarantee, roles);
    }
}
