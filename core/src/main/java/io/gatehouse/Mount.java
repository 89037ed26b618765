/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse;

import io.gatehouse.forward.Forward;
import io.gatehouse.route.Prefix;
import io.gatehouse.route.Route;
import io.gatehouse.servlet.Isolation;
import io.gatehouse.servlet.ServletApplication;
import io.gatehouse.webapp.LiveApplication;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Something that shall answer under a prefix, from the builder or from the configuration, before it is looked up or made. */
sealed interface Mount {

    /** Static files of a directory or of the class path. */
    record Files(Prefix prefix, String location, boolean spa) implements Mount {}

    /** A route that is ready. */
    record Routed(Route route) implements Mount {}

    /**
     * A handler to be made.
     *
     * @param type the class of it, or the name of that class
     * @param origin what asks for it, for messages
     */
    record Created(Prefix prefix, Object type, String origin) implements Mount {}

    /**
     * A servlet of the application at the root of some scheme, host and port.
     *
     * @param servlet a {@link jakarta.servlet.Servlet}, or the class of one, or the name of such a class
     * @param origin what asks for it, for messages
     */
    record RootServlet(Prefix root, String pattern, Object servlet, String origin) implements Mount {}

    /** A whole application. */
    record Application(Prefix prefix, ServletApplication application) implements Mount {}

    /**
     * A web application of a WAR file or a directory, at the context path that the prefix ends in.
     *
     * @param users the file of those who may log in; null if nobody may
     * @param isolation how it is kept apart from others
     */
    record Web(Prefix prefix, Path location, @Nullable Path users, Isolation isolation) implements Mount {}

    /** A web application that can be exchanged. */
    record Live(Prefix prefix, LiveApplication application) implements Mount {}

    /** A way to another server, to be closed at the end. */
    record Forwarded(Prefix prefix, Forward forward) implements Mount {}

    /** Any scheme, host and port. */
    static Prefix anywhere() {
        return Prefix.parse("/");
    }

    /** What a line of the configuration asks for. */
    static Mount of(RouteSpec spec) {
        if (spec instanceof RouteSpec.FilesRoute files) {
            return new Files(files.prefix(), files.location(), false);
        }
        if (spec instanceof RouteSpec.SpaRoute spa) {
            return new Files(spa.prefix(), spa.location(), true);
        }
        if (spec instanceof RouteSpec.ServletRoute servlet) {
            return new RootServlet(servlet.prefix(), servlet.pattern(), servlet.className(), servlet.origin());
        }
        if (spec instanceof RouteSpec.ForwardRoute forward) {
            return new Forwarded(forward.prefix(), ForwardReader.read(forward.target(), forward.options()).build());
        }
        if (spec instanceof RouteSpec.WebRoute web) {
            String users = web.users();
            return new Web(web.prefix(), Path.of(web.location()), users == null ? null : Path.of(users), web.isolation());
        }
        RouteSpec.HandlerRoute handler = (RouteSpec.HandlerRoute) spec;
        return new Created(handler.prefix(), handler.className(), handler.origin());
    }
}
