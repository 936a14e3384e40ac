package dev.lapse.docs;

import dev.lapse.story.Cluster;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A shell on a desk of its own, in which each person is logged in to the real server. */
final class ReadersShell {
    private static final long LIMIT_SECONDS = 180;
    private static final String TIME = "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?Z";
    private static final String UID = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}";

    private final Cluster cluster = Cluster.running();
    private final Path desk;
    private final String binaries;

    ReadersShell(Path desk) throws IOException {
        this.desk = desk;
        // Pages name the examples as they are found from the top of the project.
        Files.createSymbolicLink(desk.resolve("examples"), Docs.ROOT.resolve("examples"));
        binaries = Files.readString(cluster.dir().resolve("run/bin")).strip();
    }

    /** What the command prints, on either stream. */
    List<String> run(String person, String command) throws IOException {
        ProcessBuilder builder = new ProcessBuilder("bash", "-c", command)
                .directory(desk.toFile())
                .redirectErrorStream(true)
                .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()));
        builder.environment().put("KUBECONFIG", kubeconfig(person).toString());
        builder.environment()
                .put("KUBECACHEDIR", cluster.dir().resolve("kubectl-cache").toString());
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
        return printed.lines().toList();
    }

    /** Without what differs from one run to the next; which events have arrived already, describe tells by chance. */
    static List<String> comparable(List<String> lines) {
        return lines.stream()
                .takeWhile(line -> !line.startsWith("Events:"))
                .map(line -> line.replaceAll(TIME, "TIME")
                        .replaceAll(UID, "UID")
                        .replaceAll("UID-[0-9a-f]{10}", "UID")
                        .replaceAll("\\b[0-9a-f]{16,64}\\b", "HASH")
                        .replaceAll("(Seal:) +\\S+", "$1 HASH")
                        .replaceAll("\\b(\\d+[dhms])+\\b", "AGE")
                        .replaceAll("\\b\\d+ ms\\b", "MILLIS")
                        .replaceAll(" +", " ")
                        .strip())
                .toList();
    }

    /** A kubeconfig that the reader has made on the way comes first. */
    private Path kubeconfig(String person) {
        Path made = desk.resolve(person + ".kubeconfig");
        return Files.exists(made)
                ? made
                : person.equals("admin")
                        ? cluster.dir().resolve("admin.kubeconfig")
                        : cluster.dir().resolve("people/" + person + ".kubeconfig");
    }
}
