/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
/**
 * Many programs, one port: other processes claim prefixes of a running gatehouse, and this process may be such a program itself.
 *
 * <pre>
 *   the gatehouse                                        the claimant, any program
 *   {@link io.gatehouse.claim.Claims}, at the control socket ◄──── lines of text ────── {@link io.gatehouse.claim.Tenant}, or 60 lines of Python
 *     │ peer's user, Reservations, ClaimTable              claim, drain, release, pong
 *     ▼
 *   Routes ── a Forward for each prefix ──── HTTP/1.1 ────► a Unix-domain socket of the claimant's own
 * </pre>
 *
 * <p>May import {@code forward}, {@code route}, {@code handler}, {@code transport} and {@code http}; only the front door imports it.
 * The control socket has threads of its own: none of this runs on an I/O thread or on a worker.
 *
 * <h2>The protocol, version 1</h2>
 *
 * <p>The claimant listens on a Unix-domain socket of its own, speaks HTTP/1.1 there, and connects to the control socket. A claim lives
 * as long as that connection. Whoever runs the process is known by the peer credentials of the connection; nothing that the
 * claimant says of itself is believed.
 *
 * <p>Both sides send lines: UTF-8, ended by LF, at most 4,096 bytes with it. A line is a verb and words behind it, one space before
 * each; a word is {@code name=value}, each name once. Values have neither spaces nor control characters and are not encoded any further. A
 * prefix is written as everywhere in Gatehouse, {@code http://+:80/orders/}, with {@code %20} for a space in its path.
 *
 * <p>The gatehouse speaks first:
 *
 * <pre>
 *   gatehouse claims=1 user=www-data ping=5000      the version, its own user, and milliseconds between pings
 * </pre>
 *
 * <p>What a claimant can say. Each of these lines gets one answer, {@code ok} with words or {@code error CODE TEXT}, in the order of
 * the lines; the text goes to the line's end and is for a person.
 *
 * <pre>
 *   claim prefix=P socket=/absolute/path [pid=N] [name=WORD] [priority=N]
 *                               ok prefix=P. Requests below P come to the socket from now on. The socket must be open already and be listened
 *                               on by the claimant's own user. Claimants of one prefix with one priority (0 unless given, -1000 to 1000) share
 *                               its requests; those of a lower one stand by until no higher one is left
 *   drain [prefix=P]            ok. No new request goes there, of P or of all prefixes of this connection; {@code drained prefix=P}
 *                               follows when the last answer has left, and that claim is over
 *   release [prefix=P]          ok. The claim is over at once; its requests in flight are cut off
 *   status                      lines {@code prefix ...}, {@code claimant ...}, {@code forward ...} and {@code target ...}, see below, then ok
 *   ping                        ok
 * </pre>
 *
 * <p>What the gatehouse says by itself, between any two answers:
 *
 * <pre>
 *   ping id=N                   to be answered by {@code pong id=N}, which gets no answer. A connection with claims that says nothing for twice the
 *                               time between pings counts as dead, as if it had been closed
 *   drained prefix=P            see drain
 *   bye                         the gatehouse stops; connect again until it is back, first after 100 ms, then later and later
 * </pre>
 *
 * <p>The codes of errors: {@code malformed}, {@code unknown}, {@code forbidden} (no reservation lets this user claim it), {@code conflict}
 * (somebody else has the prefix), {@code socket} (it can't be reached, or is not the claimant's), {@code limit}, {@code not-claimed}
 * and {@code stopping}. After {@code malformed} the connection is closed. A claimant that lost its connection claims anew. {@code
 * forbidden} and {@code malformed} do not get better by trying again: a claimant says so and ends. After {@code limit}, {@code
 * stopping}, {@code conflict} and {@code socket} it tries again as after a {@code bye}: others may go, the gatehouse may come back, and a
 * prefix that a claimant of another user has lost is free after {@code claims.linger}. A connection without claims is closed
 * after a minute, whatever it says.
 *
 * <p>Status: one line for each prefix that is claimed or reserved, and below it one for each claimant. {@code queued} counts requests
 * that wait because nobody serves, {@code oldest} is the milliseconds that the first of them has waited; {@code waiting} and {@code
 * oldest-waiting} are the same for a connection, when all are in use. What the gatehouse forwards by its own configuration comes behind,
 * with a line for each of its targets.
 *
 * <pre>
 *   prefix name=P reserved=user:alice queued=0 oldest=0 waiting=0 oldest-waiting=0 start=idle
 *   claimant prefix=P user=alice pid=4711 name=orders priority=0 state=up outstanding=2 requests=1200 failures=0 since=90 socket=S
 *   forward name=P queued=0 oldest=0 waiting=0 oldest-waiting=0
 *   target prefix=P origin=http://127.0.0.1:9000 state=up outstanding=2 requests=1200 failures=0
 * </pre>
 *
 * <p>A {@code pid} is the claimant's own word; {@code stated-pid} stands in its place if no process of that number is its user's.
 *
 * <p>A minimal session, typed into {@code socat - UNIX-CONNECT:/run/gatehouse.sock}:
 *
 * <pre>
 *   gatehouse claims=1 user=root ping=5000
 *   claim prefix=/orders/ socket=/run/user/1000/orders.sock
 *   ok prefix=/orders/
 * </pre>
 */
@NullMarked
package io.gatehouse.claim;

import org.jspecify.annotations.NullMarked;
