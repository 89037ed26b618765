/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.cache;

/** Why an answer is not stored: a word for counters and for {@code detail} of Cache-Status (RFC 9211 section 2.8). */
enum Reason {
    /** The route caches nothing. */
    NEVER("never"),
    /** Neither GET, nor a POST whose answer names itself; or a request for another protocol. */
    METHOD("method"),
    /** A GET with a body: the body is not in the key. */
    REQUEST_BODY("request-body"),
    /** The request says no-store. */
    REQUEST_NO_STORE("request-no-store"),
    /** Not a final status, or one that answers a condition or a Range of this very request. */
    STATUS("status"),
    /** The answer says no-store. */
    NO_STORE("no-store"),
    /** The answer says must-understand, and its status is not understood. */
    MUST_UNDERSTAND("must-understand"),
    /** The answer is for one client. */
    PRIVATE("private"),
    /** The request had Cookie, and the route does not say that answers are shared all the same. */
    COOKIE("cookie"),
    /** It carries more tags than can be kept. */
    TAGS("too-many-tags"),
    /** The request had Authorization, and the answer does not allow that it is shared. */
    AUTHORIZATION("authorization"),
    /** Vary has a member {@code *}. */
    VARY_STAR("vary-star"),
    /** It sets a cookie, and nobody but the route said that it may be shared. */
    SET_COOKIE("set-cookie"),
    /** A part whose place is not known, or several parts in one. */
    PARTIAL("partial"),
    /** Nothing says how long it is fresh, and its status or the lack of a validator makes it useless. */
    NO_LIFETIME("no-lifetime"),
    /** It must be validated each time, and has nothing to validate it with. */
    NO_VALIDATOR("no-validator"),
    /** The request names another method or target in a field that is not in the key. */
    OVERRIDE("override"),
    /** Its body is longer than the cache takes. */
    TOO_LARGE("too-large"),
    /** Other answers that are being made, or sent to slow clients, take all the room that there is for recording. */
    NO_ROOM("no-room"),
    /** Its maker keeps it by itself. */
    ELSEWHERE("held-elsewhere"),
    /** Its body ended too early, or its length is not what Content-Length says. */
    TRUNCATED("truncated");

    private final String text;

    Reason(String text) {
        this.text = text;
    }

    /** Whether it lies in the request alone: another client's answer, and what is stored already, are not touched by it. */
    boolean isOfRequest() {
        return switch (this) {
            case METHOD, REQUEST_BODY, REQUEST_NO_STORE, COOKIE, AUTHORIZATION, OVERRIDE, NO_ROOM -> true;
            default -> false;
        };
    }

    /** The word: a token of RFC 9110. */
    String text() {
        return text;
    }
}
