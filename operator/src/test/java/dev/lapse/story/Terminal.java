package dev.lapse.story;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Somebody's terminal, with kubectl and the plugin on the path, as they are delivered. */
final class Terminal {
    private static final long LIMIT_SECONDS = 180;

    private final Cluster cluster;
    private final Path home;

    /** @param home for what programs remember of whoever sits there */
    Terminal(Cluster cluster, Path home) {
        this.cluster = cluster;
        this.home = home;
    }

    record Answer(int exit, String out, String err) {
        String all() {
            return out + err;
        }
    }

    /** What has been typed and may still run. */
    record Running(Process process, Path out, Path err) {
        Answer answer() {
            try {
                if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
                    process.destroyForcibly();
                    throw new AssertionError("it does not end; it said: " + Files.readString(err));
                }
                return new Answer(process.exitValue(), Files.readString(out), Files.readString(err));
            } catch (IOException broken) {
                throw new UncheckedIOException(broken);
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException(interrupted);
            }
        }
    }

    Path kubeconfigOf(String person) {
        return cluster.dir().resolve("people/" + person + ".kubeconfig");
    }

    /** {@code kubectl lapse} with the words, as this person. */
    Answer lapse(String person, String... words) {
        return start(kubeconfigOf(person), List.of("kubectl", "lapse"), words).answer();
    }

    Running start(Path kubeconfig, List<String> program, String... words) {
        try {
            Path out = Files.createTempFile(home, "out", ".txt");
            Path err = Files.createTempFile(home, "err", ".txt");
            List<String> command = new java.util.ArrayList<>(program);
            command.addAll(List.of(words));
            ProcessBuilder builder = new ProcessBuilder(command)
                    .redirectInput(Path.of("/dev/null").toFile())
                    .redirectOutput(out.toFile())
                    .redirectError(err.toFile());
            builder.environment().put("KUBECONFIG", kubeconfig.toString());
            builder.environment()
                    .put("KUBECACHEDIR", home.resolve("kubectl-cache").toString());
            builder.environment().put("XDG_CACHE_HOME", home.resolve("cache").toString());
            builder.environment().put("NO_PROXY", "127.0.0.1,localhost");
            builder.environment().put("no_proxy", "127.0.0.1,localhost");
            builder.environment().put("PATH", path());
            return new Running(builder.start(), out, err);
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    private String path() throws IOException {
        return String.join(
                ":",
                Cluster.root().resolve("operator/src/main/dist").toString(),
                Files.readString(cluster.dir().resolve("run/bin")).strip(),
                System.getenv("PATH"));
    }
}
