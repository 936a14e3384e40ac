package dev.lapse.demo;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.stream.Collectors;

/** {@code dev/Prober.java} at work: a process of its own that calls with a grant's token until that is refused. */
final class Probe {
    private final Process process;

    private Probe(Process process) {
        this.process = process;
    }

    /**
     * What it has seen, in milliseconds after the end of the grant.
     *
     * @param last200 when the last call was allowed
     * @param first403 when the privilege was gone
     * @param first401 when the token itself was dead
     */
    record Seen(long calls, long last200, long first403, long first401) {
        /** A line is a name and a number. */
        static Seen of(String printed) {
            Map<String, Long> numbers = printed.lines()
                    .map(line -> line.split(" "))
                    .collect(Collectors.toMap(words -> words[0], words -> Long.valueOf(words[1])));
            return new Seen(
                    numbers.get("calls"), numbers.get("last200"), numbers.get("first403"), numbers.get("first401"));
        }
    }

    static Probe start(Path kubeconfig, String path, Instant end) {
        try {
            return new Probe(new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin/java").toString(),
                            "-cp",
                            System.getProperty("java.class.path"),
                            "Prober",
                            kubeconfig.toString(),
                            path,
                            end.toString())
                    .redirectInput(Path.of("/dev/null").toFile())
                    .start());
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    Seen await() {
        try {
            // So little that neither stream fills its pipe.
            String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            String errors = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw new Unexpected("calls refused with 403 and then with 401", errors.strip());
            }
            return Seen.of(printed);
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(interrupted);
        }
    }
}
