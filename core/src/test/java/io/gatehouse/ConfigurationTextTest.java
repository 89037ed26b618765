/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatehouse.http.ProxyFields;
import io.gatehouse.http.ProxyRules;
import io.gatehouse.route.Prefix;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The text of a properties file: encoding, escapes, keys that come twice, and the lines that make routes. */
class ConfigurationTextTest {

    private static Configuration of(String file) {
        try {
            return Configuration.of(ConfigurationFile.load(new StringReader(file), "test"), Map.of(), new Properties());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String refused(String file) {
        return assertThrows(IllegalArgumentException.class, () -> of(file), file).getMessage();
    }

    /** A class path of one file. */
    private static ConfigurationFile onClassPath(byte[] content, Path empty) {
        ClassLoader loader = new ClassLoader(null) {
            @Override
            public InputStream getResourceAsStream(String name) {
                return name.equals("gatehouse.properties") ? new ByteArrayInputStream(content) : null;
            }
        };
        return ConfigurationFile.find(Map.of(), new Properties(), empty, loader);
    }

    @Test
    void aFileOnTheClassPathIsReadAsUtf8(@TempDir Path empty) {
        ConfigurationFile file = onClassPath("files./é/=ü".getBytes(StandardCharsets.UTF_8), empty);
        assertEquals("ü", file.values().getProperty("files./é/"));
        assertEquals("classpath:gatehouse.properties", file.name());
    }

    /** As in the working directory: a letter that is lost would be another directory. */
    @ParameterizedTest
    @ValueSource(strings = {"files./a/=gr\u00f6\u00dfe", "files./\u00e4/=x", "# \u00fc", "transport=nio\u00ff"})
    void aFileOnTheClassPathThatIsNotUtf8IsRefused(String text, @TempDir Path empty) {
        byte[] latin = text.getBytes(StandardCharsets.ISO_8859_1);
        IllegalArgumentException thrown =
                assertThrows(IllegalArgumentException.class, () -> onClassPath(latin, empty));
        assertTrue(thrown.getMessage().startsWith("classpath:gatehouse.properties can't be read"), thrown.getMessage());
        assertTrue(thrown.getMessage().contains("UTF-8"), thrown.getMessage());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "proxy.trusted=10.0.0.0/33 | has /33 where 32 is the most", "proxy.trusted=10.1.0.0/8 | write 10.0.0.0/8",
        "proxy.trusted=localhost | write one like 10.0.0.0/8", "proxy.trusted=::1,,10.0.0.0/8 | remove a comma",
        "proxy.trusted=unix:/run/x | unix: for Unix-domain peers", "proxy.fields=x | write x-forwarded or forwarded",
        "proxy.fields=Forwarded | write x-forwarded or forwarded", "proxy.host=yes | write one of them", "proxy.trust=::1 | proxy.trusted",
    })
    void aWrongSettingOfProxiesSaysWhatToWrite(String line, String hint) {
        String message = assertThrows(IllegalArgumentException.class, () -> of(line)).getMessage();
        assertTrue(message.contains(hint) && message.contains(line), message);
    }

    @Test
    void proxiesAreRead() {
        assertEquals(
                Configuration.DEFAULTS.withProxies(
                        ProxyRules.NONE.withTrusted("10.0.0.0/8", "::1", "unix:").withFields(ProxyFields.FORWARDED).withHost(true)),
                of("proxy.trusted = 10.0.0.0/8 , ::1,unix:\nproxy.fields=forwarded\nproxy.host=true"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', value = {
        // as the format of properties files has it, with ~ for a line break
        "io-threads=3",
        "io-threads = 3",
        "io-threads: 3",
        "io-threads 3",
        "\tio-threads\t3\t",
        "# comment~io-threads=3",
        "! comment~~  io-threads=3  ~",
        "io-\\~  threads=3",
        "io-threads=\\~   3",
        "\\u0069o-threads=\\u0033",
        "#io-threads=9~io-threads=3~#io-threads=8",
    })
    void theFormatIsThatOfPropertiesFiles(String text) {
        assertEquals(Configuration.DEFAULTS.withIoThreads(3), of(text.replace('~', '\n')));
        assertEquals(Configuration.DEFAULTS.withIoThreads(3), of(text.replace("~", "\r\n")));
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "io-threads=1\nio-threads=2", "io-threads=1\nio-threads=1", "io-threads=1\n\nio-threads 2", "io-threads=1\nio\\u002dthreads=2",
        "files./a/=x\nlisten=http://a:1\nfiles./a/=y", "x=1\nx=2",
    })
    void aKeyThatComesTwiceIsRefused(String text) {
        String message = refused(text);
        assertTrue(message.contains(" is set twice in test: remove one of the lines"), message);
    }

    @ParameterizedTest
    @ValueSource(strings = {"files./a/=C:\\users", "files./a/=\\u12", "files./a/=\\u12g4", "\\uXXXX=1"})
    void aMalformedEscapeIsExplained(String text) {
        String message = refused(text);
        assertTrue(message.startsWith("test has a malformed \\u escape"), message);
        assertTrue(message.contains("\\\\ for a backslash"), message);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        // the rest of the key | in its one form
        "/               | /", "/a              | /a/", "/a/             | /a/", "/a/b/../c       | /a/c/", "/%61            | /a/",
        "/caf\u00e9      | /caf\u00e9/", "//h/a           | //h/a/", "//H\\:80        | //h:80/", "http\\://+\\:80 | http://+:80/",
        "http\\://*\\:80/a | http://*:80/a/", "https\\://h/    | https://h/", "http\\://[\\:\\:1]\\:8080/ | http://[::1]:8080/",
        "//*/a           | /a/", "http\\://[0\\:0\\:\\:1]/ | http://[::1]/",
    })
    void everyKindOfRouteTakesAnyPrefix(String written, String form) {
        RouteSpec files = of("files." + written + "=dir").routes().get(0);
        assertEquals(form, files.prefix().toString());
        assertEquals("dir", ((RouteSpec.FilesRoute) files).location());
        RouteSpec spa = of("spa." + written + "=classpath:x").routes().get(0);
        assertEquals(form, spa.prefix().toString());
        assertEquals("classpath:x", ((RouteSpec.SpaRoute) spa).location());
        RouteSpec handler = of("handle." + written + "=a.B").routes().get(0);
        assertEquals(form, handler.prefix().toString());
        assertEquals("a.B", ((RouteSpec.HandlerRoute) handler).className());
        Configuration limit = of("limits.body." + written + "=5");
        assertEquals(5, limit.bodyLimit(Prefix.parse(form)));
        assertEquals(-1, limit.bodyLimit(Prefix.parse("/other/")));
        assertEquals(List.of(), limit.routes());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "/a/*", "/a?b", "/a\\#b", "/a//b", "/a;b", "/../a", "/%2F", "a/b", "ftp\\://h/", "http\\:/h/", "http\\://*.h/", "http\\://h\\:0/",
        "http\\://u@h/", "http\\://[\\:\\:\\:1]/",
    })
    void whatIsNoPrefixIsRefusedForEveryKind(String written) {
        for (String kind : new String[] {"files", "spa", "handle", "limits.body"}) {
            String message = refused(kind + "." + written + "=5");
            assertTrue(message.contains(" in gatehouse.properties is for no prefix: the prefix '"), message);
            assertTrue(message.startsWith(kind + "."), message);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"A", "a.B", "com.example.Outer$Inner", "_a.$b", "a1.b2.C3", "\u00e4.\u00d6"})
    void aClassHasAName(String name) {
        assertEquals(name, ((RouteSpec.HandlerRoute) of("handle./=" + name).routes().get(0)).className());
        assertEquals(name, ((RouteSpec.ServletRoute) of("servlet./*=" + name).routes().get(0)).className());
    }

    @ParameterizedTest
    @ValueSource(strings = {"1A", "a.", ".a", "a..b", "a b", "a/b", "a-b", "a;b", "a.class!", "a,b", "a:b", "a()", "*", "<init>"})
    void whatIsNoClassNameIsRefused(String name) {
        for (String key : new String[] {"handle./x/", "servlet./x/*"}) {
            String message = refused(key + "=" + name);
            assertTrue(message.contains("is not the name of a class: write one like com.example.MyServlet"), message);
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        // pattern of a servlet | fine
        "/           | true", "/*          | true", "/a          | true", "/a/         | true", "/a/*        | true", "/a/b/*      | true",
        "*.do        | true", "*.tar.gz    | true", "/a.b        | true", "a           | false", "*           | false", "*.          | false",
        "**.do       | false", "*.a/b       | false", "/*a         | false", "/a*         | false", "/*/b        | false", "/a/*/b      | false",
        "/a/**       | false", "/**         | false", "/*.do       | false",
    })
    void aServletHasAPatternOfTheSpecification(String pattern, boolean fine) {
        String line = "servlet." + pattern + "=A";
        if (fine) {
            RouteSpec.ServletRoute route = (RouteSpec.ServletRoute) of(line).routes().get(0);
            assertEquals(pattern, route.pattern());
            assertEquals("/", route.prefix().toString());
            assertEquals(line + " in gatehouse.properties", route.origin());
        } else {
            assertTrue(refused(line).contains("has a pattern that no servlet can have"), refused(line));
        }
    }

    @Test
    void routesComeInTheOrderOfTheirKeysAndBehindTheProgrammers() {
        Configuration first = of("files./z/=z\nfiles./a/=a");
        Properties more = new Properties();
        more.setProperty("handle./m/", "M");
        more.setProperty("files./b/", "b");
        Configuration both = Configuration.of(first, more, Map.of(), new Properties());
        assertEquals("[/a/, /z/, /b/, /m/]", both.routes().stream().map(RouteSpec::prefix).toList().toString());
    }

    @Test
    void aHigherSourceMayOverruleButNotTakeAway() {
        Properties file = new Properties();
        file.setProperty("limits.body./a", "1KiB");
        file.setProperty("files./a/", "dir");
        Properties system = new Properties();
        system.setProperty("gatehouse.limits.body./a/", "2KiB");
        system.setProperty("gatehouse.files./a", "");
        Configuration configuration = Configuration.of(file, Map.of(), system);
        assertEquals(2_048, configuration.bodyLimit(Prefix.parse("/a/")));
        assertEquals(1, configuration.routes().size());
    }

    /** A number of mistakes at once: one is told, and it is the first by key, whatever the order in the file. */
    @Test
    void ofSeveralMistakesOneIsTold() {
        String one = refused("zzz=1\naaa=2");
        assertEquals(one, refused("aaa=2\nzzz=1"));
        assertTrue(one.startsWith("aaa=2 in "), one);
    }

    @Test
    void copiesAreTakenOfWhatIsGiven() {
        Configuration configuration = of("files./a/=x\nnio.a=b\nlimits.body./a/=1");
        assertThrows(UnsupportedOperationException.class, () -> configuration.routes().clear());
        assertThrows(UnsupportedOperationException.class, () -> configuration.endpoints().clear());
        assertThrows(UnsupportedOperationException.class, () -> configuration.bodyLimits().clear());
        assertThrows(UnsupportedOperationException.class, () -> configuration.options().clear());
        assertThrows(UnsupportedOperationException.class, () -> configuration.optionsOf("nio").clear());
    }
}
