/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.security;

import java.io.BufferedReader;
import java.io.CharArrayReader;
import java.io.Console;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.Reader;
import java.nio.charset.Charset;
import java.security.SecureRandom;
import java.util.List;

/**
 * Makes the lines of a user for the file of a {@link PropertiesIdentityStore}: {@code java -cp gatehouse-core.jar
 * io.gatehouse.security.PasswordCommand alice admin staff} asks for a password, on the console or else as the first line of the
 * standard input, and prints the lines.
 */
public final class PasswordCommand {

    private PasswordCommand() {}

    /** Prints the lines of the user that the first argument names, with the roles that the others do; exits with 2 if it can't. */
    @SuppressWarnings("SystemConsoleNull") // before Java 22 there is none without a terminal; a later one reads what is redirected
    public static void main(String[] arguments) throws IOException {
        Console console = System.console();
        Reader in;
        if (console == null) {
            in = new InputStreamReader(System.in, Charset.defaultCharset());
        } else {
            char[] typed = console.readPassword("password: ");
            in = new CharArrayReader(typed == null ? new char[0] : typed);
        }
        System.exit(run(List.of(arguments), in, System.out, System.err, PasswordHash.ITERATIONS));
    }

    /** Returns the exit code. */
    static int run(List<String> arguments, Reader in, PrintStream out, PrintStream err, int iterations) throws IOException {
        if (arguments.isEmpty()) {
            err.println("name a user, and the roles of that user: PasswordCommand alice admin staff");
            return 2;
        }
        String password = new BufferedReader(in).readLine();
        if (password == null || password.isEmpty()) {
            err.println("no password: write it as one line to the standard input");
            return 2;
        }
        String name = escaped(arguments.get(0));
        try {
            String lines = name + ".password = " + PasswordHash.of(password, iterations, new SecureRandom());
            if (arguments.size() > 1) {
                lines += System.lineSeparator() + name + ".roles = "
                        + String.join(", ", arguments.subList(1, arguments.size()));
            }
            // Nothing is printed that the file's reader would refuse.
            UsersFile.parse(lines);
            out.println(lines);
            return 0;
        } catch (IllegalArgumentException e) {
            err.println(e.getMessage());
            return 2;
        }
    }

    /** A name as a key of a properties file. */
    private static String escaped(String name) {
        return name.replaceAll("([\\\\\\s=:#!])", "\\\\$1");
    }
}
