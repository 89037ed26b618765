/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.servlet;

/**
 * What a servlet application may take, from one peer and of its process: every bound has a name, which the text of a refusal
 * repeats.
 *
 * @param parameters how many request parameters are read from query, form and multipart fields together; more are a 400
 * @param formBytes how long an {@code application/x-www-form-urlencoded} body may be, in bytes; a longer one is a 413
 * @param cookies how many cookies of one request are read; the rest are skipped
 * @param parts how many parts a multipart body may have; more are a 413
 * @param partHeaderBytes how long the header section of one part may be, in bytes; a longer one is a 400
 * @param sessions how many sessions live at once; another one is a 503
 * @param logins how many sessions that were made for a FORM login may wait for it at once; whoever else asks gets the login page
 *     without one, and begins at the front page
 * @param forwards how deep forwards and includes may nest in one request; deeper is a 500
 * @param isolation what the application may take of the process that it shares with others
 */
public record ServletLimits(
        int parameters,
        int formBytes,
        int cookies,
        int parts,
        int partHeaderBytes,
        int sessions,
        int logins,
        int forwards,
        Isolation isolation) {

    /**
     * The limits unless set: 1,000 parameters, 2 MiB, 200 cookies, 100 parts, 8 KiB, 100,000 sessions, 10,000
     * logins, 64 levels.
     */
    public static final ServletLimits DEFAULT = new ServletLimits(
            1_000, 2 << 20, 200, 100, 8 << 10, 100_000, 10_000, 64, Isolation.NONE);

    /**
     * Checks that each bound allows something.
     *
     * @throws IllegalArgumentException if one is less than 1
     */
    public ServletLimits {
        require("parameters", parameters);
        require("formBytes", formBytes);
        require("cookies", cookies);
        require("parts", parts);
        require("partHeaderBytes", partHeaderBytes);
        require("sessions", sessions);
        require("logins", logins);
        require("forwards", forwards);
    }

    /** These limits with another number of parameters. */
    public ServletLimits withParameters(int value) {
        return new ServletLimits(value, formBytes, cookies, parts, partHeaderBytes, sessions, logins, forwards, isolation);
    }

    /** These limits with another length of form bodies, in bytes. */
    public ServletLimits withFormBytes(int value) {
        return new ServletLimits(parameters, value, cookies, parts, partHeaderBytes, sessions, logins, forwards, isolation);
    }

    /** These limits with another number of cookies. */
    public ServletLimits withCookies(int value) {
        return new ServletLimits(parameters, formBytes, value, parts, partHeaderBytes, sessions, logins, forwards, isolation);
    }

    /** These limits with another number of parts. */
    public ServletLimits withParts(int value) {
        return new ServletLimits(parameters, formBytes, cookies, value, partHeaderBytes, sessions, logins, forwards, isolation);
    }

    /** These limits with another length of a part's header section, in bytes. */
    public ServletLimits withPartHeaderBytes(int value) {
        return new ServletLimits(parameters, formBytes, cookies, parts, value, sessions, logins, forwards, isolation);
    }

    /** These limits with another number of sessions. */
    public ServletLimits withSessions(int value) {
        return new ServletLimits(parameters, formBytes, cookies, parts, partHeaderBytes, value, logins, forwards, isolation);
    }

    /** These limits with another number of sessions that wait for a login. */
    public ServletLimits withLogins(int value) {
        return new ServletLimits(parameters, formBytes, cookies, parts, partHeaderBytes, sessions, value, forwards, isolation);
    }

    /** These limits with another depth of forwards and includes. */
    public ServletLimits withForwards(int value) {
        return new ServletLimits(parameters, formBytes, cookies, parts, partHeaderBytes, sessions, logins, value, isolation);
    }

    /** These limits for an application that is kept apart from others. */
    public ServletLimits withIsolation(Isolation value) {
        return new ServletLimits(parameters, formBytes, cookies, parts, partHeaderBytes, sessions, logins, forwards, value);
    }

    private static void require(String name, int value) {
        if (value < 1) {
            throw new IllegalArgumentException("servlet limit " + name + " is " + value + ": set it to 1 or more");
        }
    }
}
