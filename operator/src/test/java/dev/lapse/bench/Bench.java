package dev.lapse.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The measuring programs behind {@code dev/bench}: each runs against a cluster with a running operator. */
@Command(
        name = "bench",
        subcommands = {
            RequestsOfAGrant.class,
            RevocationLag.class,
            EndsAtOnce.class,
            UnderLoad.class,
            EndsToStatus.class,
            Memory.class
        })
final class Bench {
    /** What every measurement is told. */
    static final class Target {
        @Option(names = "--dir", required = true, description = "The cluster's folder.")
        Path dir;

        Scene scene() {
            return Scene.in(dir);
        }

        String operatorPid() throws IOException {
            return Files.readString(dir.resolve("run/operator.pid")).split("\\s", 2)[0];
        }

        void restartOperator() throws IOException, InterruptedException {
            for (String command : List.of("stop", "start")) {
                int code = new ProcessBuilder(
                                System.getProperty("lapse.cluster"), "operator", command, "--dir", dir.toString())
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start()
                        .waitFor();
                if (code != 0) {
                    throw new IllegalStateException("the operator did not " + command);
                }
            }
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
