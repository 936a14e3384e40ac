package dev.lapse.docs;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** A shell on a desk of its own, in which each person is logged in to the real server. Pages and the demo use it. */
public final class ReadersShell {
    private static final long LIMIT_SECONDS = 180;

    private final Path cluster;
    private final Path desk;
    private final String binaries;

    /**
     * @param cluster the folder of a cluster that dev/cluster has started
     * @param desk an empty folder
     */
    public ReadersShell(Path cluster, Path desk) throws IOException {
        this.cluster = cluster;
        this.desk = desk;
        // Pages name the examples as they are found from the top of the project.
        Files.createSymbolicLink(desk.resolve("examples"), Docs.ROOT.resolve("examples"));
        binaries = Files.readString(cluster.resolve("run/bin")).strip();
    }

    /** What comes of the command when this person types it. */
    public Answer run(String person, String command) throws IOException {
        // The first part of a pipe that fails counts, too.
        ProcessBuilder builder = new ProcessBuilder("bash", "-o", "pipefail", "-c", command)
                .directory(desk.toFile())
                .redirectErrorStream(true)
                .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()));
        builder.environment().put("KUBECONFIG", kubeconfig(person).toString());
        builder.environment()
                .put("KUBECACHEDIR", cluster.resolve("kubectl-cache").toString());
        builder.environment()
                .put(
                        "PATH",
                        binaries + ":" + Docs.ROOT.resolve("operator/src/main/dist") + ":" + System.getenv("PATH"));
        Process process = builder.start();
        String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        try {
            if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new AssertionError(command + " does not end");
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for " + command, interrupted);
        }
        return new Answer(process.exitValue(), printed.lines().toList());
    }

    /** Where this person's credentials lie. A kubeconfig that the reader has made on the way comes first. */
    public Path kubeconfig(String person) {
        Path made = desk.resolve(person + ".kubeconfig");
        return Files.exists(made)
                ? made
                : person.equals("admin")
                        ? cluster.resolve("admin.kubeconfig")
                        : cluster.resolve("people/" + person + ".kubeconfig");
    }

    /** Makes one: from now on, whoever has this name calls with it. */
    public void giveKubeconfig(String person, String content) throws IOException {
        Files.writeString(desk.resolve(person + ".kubeconfig"), content);
    }
}
