/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.servlet;

import jakarta.servlet.http.MappingMatch;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a directory of static content is answered with (Servlet 6.1 section 10.10). */
final class WelcomeFiles {

    private final Context context;
    private final List<String> names;

    WelcomeFiles(Context context, List<String> names) {
        this.context = context;
        this.names = List.copyOf(names);
    }

    /**
     * The match of a directory's welcome file, as if it had been asked for; any other match as it is.
     *
     * @param path inside the context
     */
    Mapper.@Nullable Match find(String path, Mapper.@Nullable Match match) {
        if (match == null || !path.endsWith("/") || match.mapping().match() != MappingMatch.DEFAULT
                || !context.registry().isFallback(match.servlet()) || StaticServlet.hidden(path)) {
            return match;
        }
        for (String name : names) {
            if (context.resources().getResource(path + name) != null) {
                return context.registry().mapper().find(path + name);
            }
        }
        for (String name : names) {
            Mapper.Match served = context.registry().mapper().find(path + name);
            if (served != null && served.mapping().match() != MappingMatch.DEFAULT) {
                return served;
            }
        }
        return match;
    }
}
