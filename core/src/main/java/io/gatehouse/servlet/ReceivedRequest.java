/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.servlet;

import io.gatehouse.handler.Request;
import io.gatehouse.http.Authority;
import io.gatehouse.http.FieldSyntax;
import io.gatehouse.http.HttpDate;
import jakarta.servlet.ServletConnection;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpUpgradeHandler;
import java.io.IOException;
import java.security.Principal;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The part of a servlet's request that the wire gave, and that no dispatch changes: fields, cookies, locales, addresses
 * (Servlet 6.1 sections 3.3 to 3.11).
 */
abstract sealed class ReceivedRequest implements HttpServletRequest permits AppRequest {

    private Request received;
    private final ServletLimits limits;
    private @Nullable List<Cookie> cookies;
    private @Nullable List<Locale> locales;

    ReceivedRequest(Request received, ServletLimits limits) {
        this.received = received;
        this.limits = limits;
    }

    Request received() {
        return received;
    }

    /** Another request takes the place of this one; its cookies stay. */
    void replace(Request other) {
        cookies();
        received = other;
        locales = null;
    }

    abstract RequestRun run();

    abstract Visits visits();

    @Override
    public int getContentLength() {
        long length = getContentLengthLong();
        return length > Integer.MAX_VALUE ? -1 : (int) length;
    }

    @Override
    public long getContentLengthLong() {
        return received.fields().contains("Content-Length") ? received.contentLength() : -1;
    }

    @Override
    public @Nullable String getContentType() {
        return received.fields().first("Content-Type");
    }

    @Override
    public String getProtocol() {
        return received.head().version().toString();
    }

    @Override
    public String getScheme() {
        return received.head().scheme();
    }

    @Override
    public String getServerName() {
        Authority authority = received.head().authority();
        return authority == null ? getLocalAddr() : authority.host();
    }

    @Override
    public int getServerPort() {
        Authority authority = received.head().authority();
        return authority == null ? getLocalPort() : authority.portOr(getScheme());
    }

    @Override
    public String getRemoteAddr() {
        return Peer.address(received.connection().remote());
    }

    /** The address: names are not looked up. */
    @Override
    public String getRemoteHost() {
        return getRemoteAddr();
    }

    @Override
    public int getRemotePort() {
        return Peer.port(received.connection().remote());
    }

    @Override
    public String getLocalName() {
        return getLocalAddr();
    }

    @Override
    public String getLocalAddr() {
        return Peer.address(received.connection().local());
    }

    @Override
    public int getLocalPort() {
        return Peer.port(received.connection().local());
    }

    @Override
    public Locale getLocale() {
        return locales().get(0);
    }

    @Override
    public Enumeration<Locale> getLocales() {
        return Collections.enumeration(locales());
    }

    private List<Locale> locales() {
        List<Locale> current = locales;
        if (current == null) {
            current = AcceptedLocales.parse(received.fields().all("Accept-Language"));
            locales = current;
        }
        return current;
    }

    @Override
    public boolean isSecure() {
        return getScheme().equals("https");
    }

    /** The number of the HTTP/2 stream; HTTP/1 has no name for its requests. */
    @Override
    public String getProtocolRequestId() {
        return received.protocolId();
    }

    @Override
    public ServletConnection getServletConnection() {
        return new Peer(received.connection());
    }

    @Override
    public Cookie @Nullable [] getCookies() {
        List<Cookie> current = cookies();
        return current.isEmpty()
                ? null
                : current.stream().map(cookie -> (Cookie) cookie.clone()).toArray(Cookie[]::new);
    }

    /** The cookies, shared and not to be changed. */
    List<Cookie> cookies() {
        List<Cookie> current = cookies;
        if (current == null) {
            List<String> lines = received.fields().all("Cookie");
            current = lines.isEmpty() ? List.of() : CookieHeader.parse(lines, limits.cookies());
            cookies = current;
        }
        return current;
    }

    @Override
    public long getDateHeader(String name) {
        String value = received.fields().first(name);
        if (value == null) {
            return -1;
        }
        long seconds = HttpDate.parse(value);
        if (seconds == HttpDate.NONE) {
            String why = "the field " + name + " is not a date: '" + FieldSyntax.printable(value) + "'";
            // If nobody catches it, as HttpServlet does not, that is the peer's fault.
            throw new IllegalArgumentException(why, new RefusedRequest(400, why));
        }
        return 1000 * seconds;
    }

    @Override
    public @Nullable String getHeader(@Nullable String name) {
        return name == null ? null : received.fields().first(name);
    }

    @Override
    public Enumeration<String> getHeaders(@Nullable String name) {
        return Collections.enumeration(name == null ? List.of() : received.fields().all(name));
    }

    @Override
    public Enumeration<String> getHeaderNames() {
        return Collections.enumeration(ResponseText.names(received.fields()));
    }

    @Override
    public int getIntHeader(String name) {
        String value = received.fields().first(name);
        try {
            return value == null ? -1 : Integer.parseInt(value);
        } catch (NumberFormatException e) {
            String why = "the field " + name + " is not a number: '" + FieldSyntax.printable(value) + "'";
            NumberFormatException wrong = new NumberFormatException(why);
            wrong.initCause(new RefusedRequest(400, why));
            throw wrong;
        }
    }

    @Override
    public @Nullable String getAuthType() {
        Login login = run().caller().login();
        return login == null ? null : login.authType();
    }

    @Override
    public @Nullable String getRemoteUser() {
        Login login = run().caller().login();
        return login == null ? null : login.identity().name();
    }

    @Override
    public boolean isUserInRole(@Nullable String role) {
        return run().caller().isInRole(role);
    }

    @Override
    public @Nullable Principal getUserPrincipal() {
        return run().caller().principal();
    }

    @Override
    public boolean authenticate(HttpServletResponse response) throws IOException, ServletException {
        return run().caller().authenticate();
    }

    @Override
    public void login(@Nullable String user, @Nullable String password) throws ServletException {
        run().caller().login(user, password);
    }

    @Override
    public void logout() {
        run().caller().logout();
    }

    @Override
    public <T extends HttpUpgradeHandler> T upgrade(Class<T> type) throws ServletException {
        return run().upgrade(type);
    }

    @Override
    public ServletContext getServletContext() {
        return visits().context();
    }
}
