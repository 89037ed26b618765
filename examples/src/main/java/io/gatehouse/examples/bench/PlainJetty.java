/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.examples.bench;

import java.nio.file.Path;
import org.eclipse.jetty.ee11.servlet.ServletContextHandler;
import org.eclipse.jetty.ee11.servlet.ServletHolder;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.handler.ResourceHandler;

/** Jetty as its manual sets it up, without what the other contenders don't do either: no sessions, no request log. */
final class PlainJetty {

    private PlainJetty() {}

    /** Starts it on a free port of 127.0.0.1. */
    static Contender.Running start(Path files) throws Exception {
        Server server = new Server();
        ServerConnector connector = new ServerConnector(server);
        connector.setHost("127.0.0.1");
        server.addConnector(connector);

        // A context of its own in front of the files: neither of the two has to look for the other's paths on a disk.
        ServletContextHandler servlets = new ServletContextHandler("/servlet");
        servlets.setAllowNullPathInContext(true);
        servlets.addServlet(new ServletHolder(new TrivialServlet()), "/*");
        // Caches what it serves in memory by default, and looks at the file's date once a second.
        ResourceHandler resources = new ResourceHandler();
        resources.setBaseResourceAsString(files.toUri().toString());
        resources.setDirAllowed(false);
        server.setHandler(new Handler.Sequence(servlets, resources));
        server.start();
        return new Contender.Running(connector.getLocalPort(), server::stop);
    }
}
