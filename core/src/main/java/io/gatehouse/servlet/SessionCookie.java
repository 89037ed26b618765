/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.servlet;

import io.gatehouse.http.FieldSyntax;
import jakarta.servlet.SessionCookieConfig;
import jakarta.servlet.http.Cookie;
import java.util.Collections;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The settings of the cookie that carries the session's id (Servlet 6.1 section 7.1.1), fixed with the deployment. */
final class SessionCookie implements SessionCookieConfig {

    /** The name unless set; the parameter of URL tracking is the same in lower case (section 7.1.3). */
    private static final String NAME = "JSESSIONID";

    private final Context context;
    private final Map<String, String> attributes = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    private String name = NAME;

    SessionCookie(Context context) {
        this.context = context;
        attributes.put("HttpOnly", "true");
    }

    /** The name of the path parameter. */
    String parameter() {
        return name.equals(NAME) ? "jsessionid" : name;
    }

    /** The cookie for an id. */
    Cookie cookie(String id, boolean secure) {
        Cookie cookie = new Cookie(name, id);
        cookie.setPath(context.getContextPath().isEmpty() ? "/" : context.getContextPath());
        attributes.forEach((attribute, value) -> {
            switch (attribute.toLowerCase(Locale.ROOT)) {
                case "httponly" -> cookie.setHttpOnly(Boolean.parseBoolean(value));
                case "secure" -> cookie.setSecure(Boolean.parseBoolean(value));
                case "comment" -> {}
                default -> cookie.setAttribute(attribute, value);
            }
        });
        if (secure) {
            cookie.setSecure(true);
        }
        return cookie;
    }

    private void set(String attribute, @Nullable String value) {
        context.requireConfigurable("the session cookie's " + attribute);
        if (value == null) {
            attributes.remove(attribute);
        } else {
            attributes.put(attribute, value);
        }
    }

    @Override
    public void setName(@Nullable String value) {
        context.requireConfigurable("the session cookie's name");
        name = value == null || value.isEmpty() ? NAME : FieldSyntax.requireName(value);
    }

    @Override
    public String getName() {
        return name;
    }

    @Override
    public void setDomain(@Nullable String value) {
        set("Domain", value);
    }

    @Override
    public @Nullable String getDomain() {
        return attributes.get("Domain");
    }

    @Override
    public void setPath(@Nullable String value) {
        set("Path", value);
    }

    @Override
    public @Nullable String getPath() {
        return attributes.get("Path");
    }

    @Override
    @Deprecated
    @SuppressWarnings("removal")
    public void setComment(@Nullable String value) {
        set("Comment", value);
    }

    @Override
    @Deprecated
    @SuppressWarnings("removal")
    public @Nullable String getComment() {
        return attributes.get("Comment");
    }

    @Override
    public void setHttpOnly(boolean on) {
        set("HttpOnly", Boolean.toString(on));
    }

    @Override
    public boolean isHttpOnly() {
        return Boolean.parseBoolean(attributes.get("HttpOnly"));
    }

    @Override
    public void setSecure(boolean on) {
        set("Secure", Boolean.toString(on));
    }

    @Override
    public boolean isSecure() {
        return Boolean.parseBoolean(attributes.get("Secure"));
    }

    @Override
    public void setMaxAge(int seconds) {
        set("Max-Age", Integer.toString(seconds));
    }

    @Override
    public int getMaxAge() {
        String value = attributes.get("Max-Age");
        return value == null ? -1 : Integer.parseInt(value);
    }

    @Override
    public void setAttribute(@Nullable String attribute, @Nullable String value) {
        if (attribute == null || !FieldSyntax.isToken(attribute)) {
            throw new IllegalArgumentException("not an attribute's name: '" + attribute + "'");
        }
        if (attribute.equalsIgnoreCase("Max-Age") && value != null) {
            try {
                Integer.parseInt(value);
            } catch (NumberFormatException e) {
                NumberFormatException wrong = new NumberFormatException("Max-Age is '" + value + "': give whole seconds");
                wrong.initCause(e);
                throw wrong;
            }
        }
        set(attribute, value);
    }

    @Override
    public @Nullable String getAttribute(String attribute) {
        return attributes.get(attribute);
    }

    @Override
    public Map<String, String> getAttributes() {
        return Collections.unmodifiableMap(attributes);
    }
}
