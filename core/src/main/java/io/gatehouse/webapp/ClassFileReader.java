/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.webapp;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.objectweb.asm.AnnotationVisitor;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.FieldVisitor;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.RecordComponentVisitor;
import org.objectweb.asm.Type;

/** Reads class files with ASM. */
final class ClassFileReader {

    /** How large a class file may be, in bytes. A Java compiler writes none that comes near. */
    static final int BYTES = 32 << 20;

    private static final System.Logger LOG = System.getLogger("io.gatehouse.webapp");

    private ClassFileReader() {}

    /**
     * Reads one.
     *
     * @param source for messages
     * @return null if it is not a class's, or can't be read; the log then says so
     */
    static @Nullable ScannedClass read(String source, String entry, InputStream in) throws IOException {
        byte[] bytes = in.readNBytes(BYTES + 1);
        if (bytes.length > BYTES) {
            LOG.log(System.Logger.Level.WARNING, source + "/" + entry + " is larger than any class: it is not scanned");
            return null;
        }
        try {
            Visitor visitor = new Visitor(source);
            new ClassReader(bytes).accept(visitor, ClassReader.SKIP_CODE | ClassReader.SKIP_DEBUG | ClassReader.SKIP_FRAMES);
            return visitor.result();
        } catch (RuntimeException e) {
            // ASM checks as little as it can: a broken file, or one of a Java that it does not know, ends in any of them.
            LOG.log(System.Logger.Level.WARNING, source + "/" + entry
                    + " is no class file that can be read here: its annotations are not seen", e);
            return null;
        }
    }

    private static String type(String descriptor) {
        return Type.getType(descriptor).getClassName();
    }

    private static String name(String internal) {
        return internal.replace('/', '.');
    }

    /** Whether the container wants the values of an annotation. */
    private static boolean isRead(String annotation) {
        return annotation.startsWith("jakarta.servlet.annotation.") || annotation.startsWith("jakarta.annotation.security.");
    }

    /** One class. */
    private static final class Visitor extends ClassVisitor {
        private final String source;
        private @Nullable String name;
        private @Nullable String parent;
        private List<String> interfaces = List.of();
        private final Set<String> marks = new LinkedHashSet<>();
        private final Set<String> memberMarks = new LinkedHashSet<>();
        private final Map<String, Map<String, Object>> values = new LinkedHashMap<>();

        Visitor(String source) {
            super(Opcodes.ASM9);
            this.source = source;
        }

        @Nullable ScannedClass result() {
            String own = name;
            return own == null ? null : new ScannedClass(own, source, parent, interfaces, Set.copyOf(marks),
                    Set.copyOf(memberMarks), Map.copyOf(values));
        }

        @Override
        public void visit(
                int version, int access, String internalName, @Nullable String signature, @Nullable String superName,
                String @Nullable [] superInterfaces) {
            if ((access & Opcodes.ACC_MODULE) != 0) {
                return;
            }
            name = name(internalName);
            boolean plain = superName == null || (access & Opcodes.ACC_INTERFACE) != 0;
            parent = plain || superName == null ? null : name(superName);
            List<String> named = new ArrayList<>();
            for (String each : superInterfaces == null ? new String[0] : superInterfaces) {
                named.add(name(each));
            }
            interfaces = List.copyOf(named);
        }

        @Override
        public @Nullable AnnotationVisitor visitAnnotation(String descriptor, boolean visible) {
            if (!visible) {
                return null;
            }
            String annotation = type(descriptor);
            marks.add(annotation);
            return isRead(annotation) ? new Values(values.computeIfAbsent(annotation, key -> new LinkedHashMap<>())) : null;
        }

        @Override
        public FieldVisitor visitField(
                int access, String field, String descriptor, @Nullable String signature, @Nullable Object value) {
            return new FieldVisitor(Opcodes.ASM9) {
                @Override
                public @Nullable AnnotationVisitor visitAnnotation(String of, boolean visible) {
                    return mark(of, visible);
                }
            };
        }

        @Override
        public MethodVisitor visitMethod(
                int access, String method, String descriptor, @Nullable String signature, String @Nullable [] exceptions) {
            return new MethodVisitor(Opcodes.ASM9) {
                @Override
                public @Nullable AnnotationVisitor visitAnnotation(String of, boolean visible) {
                    return mark(of, visible);
                }
            };
        }

        @Override
        public @Nullable RecordComponentVisitor visitRecordComponent(
                String component, String descriptor, @Nullable String signature) {
            return null;
        }

        private @Nullable AnnotationVisitor mark(String descriptor, boolean visible) {
            if (visible) {
                memberMarks.add(type(descriptor));
            }
            return null;
        }
    }

    /** The values of an annotation: texts, numbers, lists, and maps for annotations inside; a constant of an enum by its name. */
    private static final class Values extends AnnotationVisitor {
        private final @Nullable Map<String, Object> into;
        private final @Nullable List<Object> list;

        Values(Map<String, Object> into) {
            super(Opcodes.ASM9);
            this.into = into;
            this.list = null;
        }

        Values(List<Object> list) {
            super(Opcodes.ASM9);
            this.into = null;
            this.list = list;
        }

        private void put(@Nullable String name, Object value) {
            if (into != null && name != null) {
                into.put(name, value);
            } else if (list != null) {
                list.add(value);
            }
        }

        @Override
        public void visit(@Nullable String name, Object value) {
            put(name, value);
        }

        @Override
        public void visitEnum(@Nullable String name, String descriptor, String value) {
            put(name, value);
        }

        @Override
        public AnnotationVisitor visitAnnotation(@Nullable String name, String descriptor) {
            Map<String, Object> inner = new LinkedHashMap<>();
            put(name, inner);
            return new Values(inner);
        }

        @Override
        public AnnotationVisitor visitArray(@Nullable String name) {
            List<Object> inner = new ArrayList<>();
            put(name, inner);
            return new Values(inner);
        }
    }
}
