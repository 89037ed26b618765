/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse;

import io.gatehouse.route.Prefix;
import io.gatehouse.servlet.Isolation;
import org.jspecify.annotations.Nullable;

/** A route that is written in the configuration, not yet looked up or created. */
public sealed interface RouteSpec {

    /** The subtree it is registered for; for a servlet the root of its context. */
    Prefix prefix();

    /** The key, the value and where they stand, for messages: {@code files./docs/=docs in gatehouse.properties}. */
    String origin();

    /**
     * Static files: {@code files./docs/=/srv/docs} or {@code files./docs/=classpath:META-INF/resources/docs}.
     *
     * @param location a directory, or {@code classpath:} and a folder there
     */
    record FilesRoute(Prefix prefix, String location, String origin) implements RouteSpec {}

    /**
     * Static files whose {@code index.html} answers navigations to what is not a file: {@code spa./app/=/srv/app}.
     *
     * @param location a directory, or {@code classpath:} and a folder there
     */
    record SpaRoute(Prefix prefix, String location, String origin) implements RouteSpec {}

    /**
     * A servlet: {@code servlet./api/*=com.example.ApiServlet}, or with a host in front of the pattern as in {@code
     * servlet.http\://example.com/api/*}.
     *
     * @param prefix the root of scheme, host and port: its path is {@code /}
     * @param pattern a mapping as in Servlet 6.1 section 12.2: {@code /api/*}, {@code /exact}, {@code *.do} or {@code /}
     */
    record ServletRoute(Prefix prefix, String pattern, String className, String origin) implements RouteSpec {}

    /**
     * A server elsewhere, or several: {@code forward./legacy/=http://127.0.0.1:9000} or {@code forward./app/=unix:/run/app.sock}.
     *
     * @param target as {@link io.gatehouse.forward.Forward#to} reads it; several separated by commas, each with options behind it
     * @param options what {@code forwarding.<prefix>} says; empty if it says nothing
     */
    record ForwardRoute(Prefix prefix, String target, String options, String origin) implements RouteSpec {}

    /**
     * A web application: {@code webapp./shop/=/srv/shop.war}.
     *
     * @param prefix whose path is the context path
     * @param location a WAR file or a directory
     * @param users the file of those who may log in, as {@code users.<prefix>} names it for a {@link
     *     io.gatehouse.security.PropertiesIdentityStore}; null if nobody may
     * @param isolation what {@code isolation.<prefix>} says; {@link Isolation#NONE} if it says nothing
     */
    record WebRoute(Prefix prefix, String location, @Nullable String users, Isolation isolation, String origin)
            implements RouteSpec {}

    /** A handler, created by its constructor or with injection: {@code handle./x/=com.example.MyHandler}. */
    record HandlerRoute(Prefix prefix, String className, String origin) implements RouteSpec {}
}
