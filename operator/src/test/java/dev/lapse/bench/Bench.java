package dev.lapse.bench;

import java.nio.file.Path;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The measuring programs behind {@code dev/bench}: each runs against a cluster with a running operator. */
@Command(
        name = "bench",
        subcommands = {RequestsOfAGrant.class, RevocationLag.class})
final class Bench {
    /** What every measurement is told. */
    static final class Target {
        @Option(names = "--dir", required = true, description = "The cluster's folder.")
        Path dir;

        Scene scene() {
            return Scene.in(dir);
        }

        AuditLog audit() {
            return new AuditLog(dir.resolve("logs"));
        }
    }

    private Bench() {}

    /** Progress is for whoever watches; the figures alone go to standard output. */
    static void say(String format, Object... values) {
        System.err.printf(format + "%n", values);
    }

    public static void main(String[] args) {
        System.exit(new CommandLine(new Bench()).execute(args));
    }
}
