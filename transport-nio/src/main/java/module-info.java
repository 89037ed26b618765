/** HTTP/1.1 on plain {@code java.nio}. */
module io.gatehouse.transport.nio {
    requires transitive io.gatehouse.core;
    requires static jakarta.inject;
    requires static org.glassfish.hk2.api;
}
