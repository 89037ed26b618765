/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.webapp;

import jakarta.servlet.descriptor.JspConfigDescriptor;
import jakarta.servlet.descriptor.JspPropertyGroupDescriptor;
import jakarta.servlet.descriptor.TaglibDescriptor;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What {@code <jsp-config>} says, for a JSP servlet (Servlet 6.1 section 14.4.14). */
record JspSettings(List<Taglib> libraries, List<PropertyGroup> groups) implements JspConfigDescriptor {

    JspSettings {
        libraries = List.copyOf(libraries);
        groups = List.copyOf(groups);
    }

    @Override
    public Collection<TaglibDescriptor> getTaglibs() {
        return List.copyOf(libraries);
    }

    @Override
    public Collection<JspPropertyGroupDescriptor> getJspPropertyGroups() {
        return List.copyOf(groups);
    }

    /** A tag library and where it lies. */
    record Taglib(String uri, String location) implements TaglibDescriptor {

        @Override
        public String getTaglibURI() {
            return uri;
        }

        @Override
        public String getTaglibLocation() {
            return location;
        }
    }

    /** Settings of the pages of some patterns; texts are as they were written. */
    record PropertyGroup(
            List<String> patterns, List<String> preludes, List<String> codas, Map<String, String> settings)
            implements JspPropertyGroupDescriptor {

        /** The elements that hold one text. */
        static final List<String> SETTINGS = List.of(
                "el-ignored", "page-encoding", "scripting-invalid", "is-xml", "deferred-syntax-allowed-as-literal",
                "trim-directive-whitespaces", "default-content-type", "buffer", "error-on-undeclared-namespace",
                "error-on-el-not-found");

        PropertyGroup {
            patterns = List.copyOf(patterns);
            preludes = List.copyOf(preludes);
            codas = List.copyOf(codas);
            settings = Map.copyOf(settings);
        }

        @Override
        public Collection<String> getUrlPatterns() {
            return List.copyOf(patterns);
        }

        @Override
        public @Nullable String getElIgnored() {
            return settings.get("el-ignored");
        }

        @Override
        public @Nullable String getErrorOnELNotFound() {
            return settings.get("error-on-el-not-found");
        }

        @Override
        public @Nullable String getPageEncoding() {
            return settings.get("page-encoding");
        }

        @Override
        public @Nullable String getScriptingInvalid() {
            return settings.get("scripting-invalid");
        }

        @Override
        public @Nullable String getIsXml() {
            return settings.get("is-xml");
        }

        @Override
        public Collection<String> getIncludePreludes() {
            return List.copyOf(preludes);
        }

        @Override
        public Collection<String> getIncludeCodas() {
            return List.copyOf(codas);
        }

        @Override
        public @Nullable String getDeferredSyntaxAllowedAsLiteral() {
            return settings.get("deferred-syntax-allowed-as-literal");
        }

        @Override
        public @Nullable String getTrimDirectiveWhitespaces() {
            return settings.get("trim-directive-whitespaces");
        }

        @Override
        public @Nullable String getDefaultContentType() {
            return settings.get("default-content-type");
        }

        @Override
        public @Nullable String getBuffer() {
            return settings.get("buffer");
        }

        @Override
        public @Nullable String getErrorOnUndeclaredNamespace() {
            return settings.get("error-on-undeclared-namespace");
        }
    }
}
