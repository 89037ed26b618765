/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.http;

/** The registered status codes and their reason phrases (RFC 9110 section 15, and the IANA registry of status codes). */
public final class Status {

    private static final String[] REASONS = new String[600];

    static {
        String table = """
                100 Continue
                101 Switching Protocols
                102 Processing
                103 Early Hints
                200 OK
                201 Created
                202 Accepted
                203 Non-Authoritative Information
                204 No Content
                205 Reset Content
                206 Partial Content
                207 Multi-Status
                208 Already Reported
                226 IM Used
                300 Multiple Choices
                301 Moved Permanently
                302 Found
                303 See Other
                304 Not Modified
                305 Use Proxy
                307 Temporary Redirect
                308 Permanent Redirect
                400 Bad Request
                401 Unauthorized
                402 Payment Required
                403 Forbidden
                404 Not Found
                405 Method Not Allowed
                406 Not Acceptable
                407 Proxy Authentication Required
                408 Request Timeout
                409 Conflict
                410 Gone
                411 Length Required
                412 Precondition Failed
                413 Content Too Large
                414 URI Too Long
                415 Unsupported Media Type
                416 Range Not Satisfiable
                417 Expectation Failed
                421 Misdirected Request
                422 Unprocessable Content
                423 Locked
                424 Failed Dependency
                425 Too Early
                426 Upgrade Required
                428 Precondition Required
                429 Too Many Requests
                431 Request Header Fields Too Large
                451 Unavailable For Legal Reasons
                500 Internal Server Error
                501 Not Implemented
                502 Bad Gateway
                503 Service Unavailable
                504 Gateway Timeout
                505 HTTP Version Not Supported
                506 Variant Also Negotiates
                507 Insufficient Storage
                508 Loop Detected
                511 Network Authentication Required
                """;
        for (String line : table.split("\n", -1)) {
            if (!line.isEmpty()) {
                REASONS[Integer.parseInt(line.substring(0, 3))] = line.substring(4);
            }
        }
    }

    private Status() {}

    /** The reason phrase of a status code; empty if the code is not registered. */
    public static String reason(int status) {
        String reason = status >= 0 && status < REASONS.length ? REASONS[status] : null;
        return reason == null ? "" : reason;
    }

    /** Whether answers with this status never have a body (RFC 9110 sections 15.2, 15.3.5 and 15.4.5). */
    public static boolean isBodiless(int status) {
        return status < 200 || status == 204 || status == 304;
    }
}
