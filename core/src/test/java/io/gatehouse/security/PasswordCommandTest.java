/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.security;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The command that makes lines of a users' file. */
class PasswordCommandTest {

    private static final int FEW = 1_000;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @TempDir
    Path directory;

    private int run(String input, String... arguments) throws IOException {
        return PasswordCommand.run(List.of(arguments), new StringReader(input), print(out), print(err), FEW);
    }

    private static PrintStream print(ByteArrayOutputStream to) {
        return new PrintStream(to, true, StandardCharsets.UTF_8);
    }

    private String printed() {
        return out.toString(StandardCharsets.UTF_8);
    }

    @ParameterizedTest
    @CsvSource({
        "alice, open sesame", "Alice Doe, x", "a=b, pass=word", "'#first', ' spaces '", "'!x', p", "zoë, pässwörd",
        "a.b.c, dots", "back\\slash, p"
    })
    void whatIsPrintedIsWhatTheStoreReads(String name, String password) throws Exception {
        assertEquals(0, run(password + "\nmore\n", name, "admin", "staff"));
        Path file = Files.writeString(directory.resolve("users.properties"), printed());
        PropertiesIdentityStore store = new PropertiesIdentityStore(file);
        Identity found = store.find(new Credentials.Password(name, password));
        assertNotNull(found, printed());
        assertEquals(name, found.name());
        assertEquals(Set.of("admin", "staff"), found.roles());
        assertNull(store.find(new Credentials.Password(name, password + "x")));
        assertFalse(printed().contains(password.strip().length() > 3 ? password : "never"), "the password is not in it");
        assertEquals("", err.toString(StandardCharsets.UTF_8));
    }

    @Test
    void oneUserMayHaveNoRole() throws Exception {
        assertEquals(0, run("secret", "bob"));
        assertEquals(1, printed().strip().lines().count());
        assertFalse(printed().contains("roles"));
    }

    @Test
    void eachHashHasASaltOfItsOwn() throws Exception {
        run("secret", "bob");
        String first = printed();
        out.reset();
        run("secret", "bob");
        assertNotEquals(first, printed());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\n", "\nsecond line"})
    void withoutAPasswordThereIsNothing(String input) throws Exception {
        assertEquals(2, run(input, "bob"));
        assertEquals("", printed());
        assertTrue(err.toString(StandardCharsets.UTF_8).contains("standard input"));
    }

    @Test
    void withoutAUserThereIsNothing() throws Exception {
        assertEquals(2, run("secret"));
        assertEquals("", printed());
    }

    @Test
    void aPasswordThatIsTooLongIsRefused() throws Exception {
        assertEquals(2, run("x".repeat(PasswordHash.MAX_PASSWORD + 1), "bob"));
        assertEquals("", printed());
    }
}
