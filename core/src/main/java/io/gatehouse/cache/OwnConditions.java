/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.cache;

import io.gatehouse.handler.Response;
import io.gatehouse.http.Fields;
import io.gatehouse.http.Preconditions.Outcome;
import io.gatehouse.http.RequestHead;

/**
 * Conditions and ranges of a client that were kept from the handler, because the cache wanted a whole answer to keep, when that
 * turns out to be one that can't be kept. They bind all the same (RFC 9110 section 13.2.1). On the thread of the response.
 */
final class OwnConditions {

    private OwnConditions() {}

    /**
     * Shortens an answer that is about to leave and can't be kept.
     *
     * @param run whose handler is to be asked again if the client wants a part; its response becomes a 304 or 412 if the
     *     client's conditions say so, and keeps what is not about the body: a cookie that it sets, for one
     * @param answer its fields
     * @param reason why it can't be kept
     * @return whether the answer's body is of no use; false if it goes out as it is
     */
    static boolean shorten(CacheRun run, int status, Terms terms, Fields answer, Reason reason) {
        RequestHead head = run.request().head();
        if (status != 200) {
            return false; // errors and redirects are not touched by conditions
        }
        Outcome outcome = Conditions.evaluate(head.method(), head.fields(), terms);
        if (outcome != Outcome.PROCEED) {
            bodiless(run.response(), outcome == Outcome.FAILED);
            return true;
        }
        boolean part = answer.lists("Accept-Ranges", "bytes") && StoredReply.range(head, run.traits(), terms) != null;
        if (part) {
            run.unkept(reason);
        }
        return part;
    }

    private static void bodiless(Response response, boolean failed) {
        Fields.Builder fields = response.fields();
        for (String name : new String[] {"Content-Type", "Content-Encoding", "Content-Language", "Content-Length"}) {
            fields.remove(name);
        }
        Zipping.withoutContentDigests(fields);
        if (failed) {
            fields.set("Content-Length", "0");
        }
        response.status(failed ? 412 : 304);
    }
}
