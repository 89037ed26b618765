/** The model, the transport SPI and everything above the wire. */
module io.gatehouse.core {
    requires transitive jakarta.servlet;
    requires static transitive org.jspecify;
    requires static org.glassfish.hk2.api;
    requires com.github.benmanes.caffeine;
}
