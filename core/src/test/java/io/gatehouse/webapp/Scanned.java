/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.webapp;

import java.nio.file.Path;
import java.util.List;

/** Classes of an application that were compiled for a test, and scanned. */
record Scanned(ClassIndex index, ApplicationLoader loader) implements AutoCloseable {

    static Scanned of(Path place, Archive archive, String... jars) throws Exception {
        Layout layout = Layout.of(archive.directory(place));
        ApplicationLoader loader = ApplicationLoader.of(
                "app", layout, Scanned.class.getClassLoader(), new Visibility(List.of(), List.of()));
        return new Scanned(ClassIndex.scan(layout, List.of(jars), loader), loader);
    }

    /** What the annotations of WEB-INF/classes say. */
    Descriptor annotations() throws DeploymentException {
        return AnnotationReader.read(index, ClassIndex.CLASSES);
    }

    @Override
    public void close() throws Exception {
        loader.close();
    }
}
