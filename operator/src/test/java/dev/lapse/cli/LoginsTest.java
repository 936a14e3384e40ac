package dev.lapse.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LoginsTest {
    private static final Login LOGIN = new Login("https://k context ", "payments-ci", "ci", "look", "", "", "");

    @TempDir
    Path cache;

    @Test
    void remembersTheGrantOfALogin() {
        Logins logins = new Logins(cache.resolve("kubectl-lapse"));

        logins.remember(LOGIN.of("g1", "u1"));

        assertThat(logins.find(LOGIN)).contains(LOGIN.of("g1", "u1"));
        assertThat(logins.find(new Login("https://other context ", "payments-ci", "ci", "look", "", "", "")))
                .isEmpty();
        assertThat(logins.all()).containsExactly(LOGIN.of("g1", "u1"));
        logins.forget(LOGIN);
        assertThat(logins.find(LOGIN)).isEmpty();
    }

    @Test
    void nobodyElseReadsIt() throws Exception {
        Path folder = cache.resolve("kubectl-lapse");
        Logins logins = new Logins(folder);

        try (AutoCloseable one = logins.lock(LOGIN, new PrintWriter(Writer.nullWriter()))) {
            logins.remember(LOGIN.of("g1", "u1"));
        }

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder)))
                .isEqualTo("rwx------");
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files.filter(file -> file.toString().endsWith(".json")))
                    .singleElement()
                    .satisfies(file -> assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                            .isEqualTo("rw-------"));
        }
    }

    @Test
    void whatCannotBeReadIsAskedForAnew() throws IOException {
        Logins logins = new Logins(cache);
        logins.remember(LOGIN.of("g1", "u1"));
        try (Stream<Path> files = Files.list(cache)) {
            Files.writeString(files.findFirst().orElseThrow(), "{torn");
        }

        assertThat(logins.find(LOGIN)).isEmpty();
        assertThat(logins.all()).isEmpty();
    }
}
