/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.cache;

import io.gatehouse.http.Fields;
import io.gatehouse.http.RequestHead;
import org.jspecify.annotations.Nullable;

/**
 * What a handler says of a stored answer without sending its body again. On the thread of the response.
 *
 * @param fill keeps what was purged meanwhile from being freshened
 * @param request as the client sent it
 * @param requestMillis when the handler was asked, epoch milliseconds
 */
record Freshening(CachedHandler route, Fill fill, RequestHead request, long requestMillis) {

    /** The stored answer with the fields of a 304 (RFC 9111 section 4.3.4). */
    Draft by304(StoredAnswer old, Fields answer, long now) {
        return draft(request, old, answer, now);
    }

    /** Does to the stored answer to GET what an answer to HEAD says about it (RFC 9111 section 4.3.5). */
    void byHead(StoredAnswer old, int status, Fields answer, long now) {
        ContentRange part = old.part();
        long length = part == null ? old.body().limit() : part.length();
        switch (Validation.ofHead(status, answer, old.status(), old.fields(), length)) {
            case UPDATE -> {
                Draft made = draft(get(part), old, answer, now);
                if (made.lasting() != null) {
                    route.store().drop(fill, old); // it may not be stored any more
                } else if (made.refusal() == null) {
                    route.store().replace(fill, old, made.renewed(old));
                }
            }
            case STALE -> route.store().replace(fill, old, old.expired(now));
            case NOTHING -> { }
        }
    }

    /** The request that the stored answer would be one to: a part answers nothing but a Range. */
    private RequestHead get(@Nullable ContentRange part) {
        Fields fields = part == null ? request.fields() : request.fields().with("Range", "bytes=" + part.first() + '-' + part.last());
        return new RequestHead("GET", request.scheme(), request.authority(), request.target(), request.version(), fields);
    }

    private Draft draft(RequestHead asked, StoredAnswer old, Fields answer, long now) {
        Fields updated = Validation.updated(old.status(), old.fields(), answer, now);
        return Draft.of(route, asked, old.status(), updated, requestMillis, now);
    }
}
