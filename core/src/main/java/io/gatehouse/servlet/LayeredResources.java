/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.servlet;

import java.io.InputStream;
import java.net.URL;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Several places of content, searched in order. */
record LayeredResources(List<Resources> layers) implements Resources {

    @Override
    public @Nullable URL getResource(String path) {
        for (Resources layer : layers) {
            URL found = layer.getResource(path);
            if (found != null) {
                return found;
            }
        }
        return null;
    }

    @Override
    public @Nullable InputStream getResourceAsStream(String path) {
        for (Resources layer : layers) {
            InputStream found = layer.getResourceAsStream(path);
            if (found != null) {
                return found;
            }
        }
        return null;
    }

    @Override
    public @Nullable Set<String> getResourcePaths(String path) {
        Set<String> joined = null;
        for (Resources layer : layers) {
            Set<String> found = layer.getResourcePaths(path);
            if (found != null) {
                joined = joined == null ? new LinkedHashSet<>() : joined;
                joined.addAll(found);
            }
        }
        return joined;
    }

    @Override
    public @Nullable Path getRealPath(String path) {
        Path candidate = null;
        for (Resources layer : layers) {
            Path found = layer.getRealPath(path);
            if (layer.getResource(path) != null) {
                return found;
            }
            candidate = candidate == null ? found : candidate;
        }
        return candidate;
    }
}
