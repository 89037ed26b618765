/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.examples.frameworks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatehouse.Configuration;
import io.gatehouse.Gatehouse;
import io.gatehouse.servlet.ServletApplication;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.eclipse.jgit.http.server.GitServlet;
import org.eclipse.jgit.lib.Config;
import org.eclipse.jgit.storage.file.FileBasedConfig;
import org.eclipse.jgit.util.FS;
import org.eclipse.jgit.util.SystemReader;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** JGit's GitServlet: the git program pushes, clones and fetches over each transport. */
@Timeout(180)
final class GitTest {

    private static final int LARGE = 21 << 20;
    private static final int BRANCHES = 30;

    private static final SystemReader MACHINE = SystemReader.getInstance();

    @TempDir
    Path directory;

    private final Queue<String> seen = new ConcurrentLinkedQueue<>();

    /** JGit neither reads nor writes files outside of the test. */
    @BeforeAll
    static void forgetSettings() {
        SystemReader.setInstance(new SystemReader.Delegate(MACHINE) {
            @Override
            public FileBasedConfig openSystemConfig(Config parent, FS fs) {
                return nothing(parent, fs);
            }

            @Override
            public FileBasedConfig openUserConfig(Config parent, FS fs) {
                return nothing(parent, fs);
            }

            @Override
            public FileBasedConfig openJGitConfig(Config parent, FS fs) {
                return nothing(parent, fs);
            }
        });
    }

    private static FileBasedConfig nothing(Config parent, FS fs) {
        return new FileBasedConfig(parent, Path.of("nowhere").toFile(), fs) {
            @Override
            public void load() {}

            @Override
            public void save() {}

            @Override
            public boolean isOutdated() {
                return false;
            }
        };
    }

    @AfterAll
    static void rememberSettings() {
        SystemReader.setInstance(MACHINE);
    }

    private GitProgram git;
    private Path repositories;
    private Path work;

    @BeforeEach
    void makeRepositories() throws Exception {
        Path home = Files.createDirectory(directory.resolve("home"));
        repositories = Files.createDirectory(directory.resolve("repositories"));
        work = Files.createDirectory(directory.resolve("work"));
        git = new GitProgram(home);
        git.run(repositories, "init", "--quiet", "--bare", "open.git");
        git.run(repositories.resolve("open.git"), "config", "http.receivepack", "true");
        git.run(repositories, "init", "--quiet", "--bare", "closed.git");
        git.run(repositories.resolve("closed.git"), "config", "http.receivepack", "false");
        git.run(work, "init", "--quiet");
    }

    /** A file that can't be compressed, one that can, and many branches. */
    private void makeHistory(int bytes) throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream(bytes + (1 << 20));
        byte[] noise = new byte[bytes];
        new Random(4).nextBytes(noise);
        commit(out, "main", 1_700_000_000L, "noise.bin", noise);
        commit(out, "main", 1_700_000_001L, "zeros.bin", new byte[1 << 20]);
        for (int i = 0; i < BRANCHES; i++) {
            commit(out, "branch-" + i, 1_700_000_100L + i, "file.txt", ("text " + i).getBytes(StandardCharsets.US_ASCII));
        }
        git.run(out.toByteArray(), work, "fast-import", "--quiet");
        git.run(work, "checkout", "--quiet", "main");
    }

    private static void commit(ByteArrayOutputStream out, String branch, long time, String file, byte[] content) throws IOException {
        String head = "commit refs/heads/" + branch + "\ncommitter A <a@example.com> " + time + " +0000\ndata 1\nx\n"
                + "M 100644 inline " + file + "\ndata " + content.length + '\n';
        out.write(head.getBytes(StandardCharsets.US_ASCII));
        out.write(content);
        out.write('\n');
    }

    private Gatehouse start(String transport) throws IOException {
        return Gatehouse.builder()
                .configuration(Configuration.DEFAULTS)
                .listen("http://127.0.0.1:0")
                .transport(transport)
                .limits(limits -> limits.withBody(1L << 30))
                .application(ServletApplication.builder()
                        .contextPath("/code")
                        .filter(new Recorder(), "/*")
                        .servlet("git", new GitServlet(), servlet -> {
                            servlet.setInitParameter("base-path", repositories.toString());
                            servlet.setInitParameter("export-all", "true");
                        }, "/git/*")
                        .build())
                .start();
    }

    /** Notes how bodies come in. */
    private final class Recorder extends HttpFilter {
        private static final long serialVersionUID = 1L;

        @Override
        protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
                throws IOException, ServletException {
            if (request.getMethod().equals("POST")) {
                String path = request.getRequestURI();
                seen.add(path.substring(path.lastIndexOf('/') + 1) + ' ' + request.getHeader("Transfer-Encoding")
                        + ' ' + request.getHeader("Content-Encoding"));
            }
            chain.doFilter(request, response);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"nio", "jetty"})
    void whatIsPushedCanBeCloned(String transport) throws Exception {
        makeHistory(LARGE);
        try (Gatehouse server = start(transport)) {
            String url = server.uri() + "code/git/open.git";
            git.run(work, "push", "--quiet", url, "--all");
            assertTrue(seen.contains("git-receive-pack chunked null"), seen::toString);

            git.run(directory, "clone", "--quiet", url, "clone");
            Path clone = directory.resolve("clone");
            assertEquals(-1, Files.mismatch(work.resolve("noise.bin"), clone.resolve("noise.bin")));
            assertEquals(-1, Files.mismatch(work.resolve("zeros.bin"), clone.resolve("zeros.bin")));
            assertEquals(heads(work, "refs/heads/"), heads(clone, "refs/remotes/origin/"));
            assertTrue(seen.contains("git-upload-pack null gzip"), seen::toString);

            // And on with both: one pushes, the other fetches the difference.
            Files.writeString(work.resolve("more.txt"), "more");
            git.run(work, "add", "more.txt");
            git.run(work, "-c", "user.name=A", "-c", "user.email=a@example.com", "commit", "--quiet", "--message", "more");
            git.run(work, "push", "--quiet", url, "main", ":branch-0");
            git.run(clone, "pull", "--quiet", "--prune", "--ff-only");
            assertEquals("more", Files.readString(clone.resolve("more.txt")));
            assertEquals(BRANCHES, heads(clone, "refs/remotes/origin/").lines().count());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"nio", "jetty"})
    void aShallowCloneOverTheFirstProtocol(String transport) throws Exception {
        makeHistory(1_000);
        try (Gatehouse server = start(transport)) {
            String url = server.uri() + "code/git/open.git";
            git.run(work, "push", "--quiet", url, "main");
            git.run(directory, "-c", "protocol.version=0", "clone", "--quiet", "--depth=1", url, "shallow");
            assertEquals("1\n", git.run(directory.resolve("shallow"), "rev-list", "--count", "HEAD"));
            assertEquals(1 << 20, Files.size(directory.resolve("shallow").resolve("zeros.bin")));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"nio", "jetty"})
    void whatIsNotAllowedIsSaidToTheProgram(String transport) throws Exception {
        makeHistory(1_000);
        try (Gatehouse server = start(transport)) {
            String base = server.uri() + "code/git/";
            IOException closed = assertThrows(IOException.class, () -> git.run(work, "push", base + "closed.git", "main"));
            assertTrue(closed.getMessage().contains("403"), closed::getMessage);
            IOException missing = assertThrows(IOException.class, () -> git.run(work, "clone", base + "missing.git"));
            assertTrue(missing.getMessage().contains("not found"), missing::getMessage);
        }
    }

    /** Ids and names of the branches, HEAD left out. */
    private String heads(Path repository, String prefix) throws Exception {
        String depth = Integer.toString(prefix.split("/").length);
        StringBuilder heads = new StringBuilder();
        git.run(repository, "for-each-ref", "--format=%(objectname) %(refname:lstrip=" + depth + ")", prefix)
                .lines()
                .filter(line -> !line.endsWith(" HEAD"))
                .forEach(line -> heads.append(line).append('\n'));
        return heads.toString();
    }
}
