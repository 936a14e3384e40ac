package dev.lapse.demo;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.lapse.bench.AuditLog;
import dev.lapse.docs.Docs;
import java.nio.file.Path;

/** The cluster on which the story happens: its version, its operator's process, its audit log. */
final class DemoCluster {
    private final Path folder;
    private final Person admin;
    private final Screen screen;

    DemoCluster(Path folder, Person admin, Screen screen) {
        this.folder = folder;
        this.admin = admin;
        this.screen = screen;
    }

    String version() {
        String version =
                admin.runsUnseen("kubectl get --raw /version").succeeds().text();
        try {
            return new ObjectMapper().readTree(version).path("gitVersion").asText();
        } catch (JsonProcessingException unreadable) {
            throw new Unexpected("the API server's version", version);
        }
    }

    /** {@code kill} or {@code start}; shown without the folder of this demo. */
    void operator(String command, String expected) {
        screen.command("dev/cluster operator " + command);
        Outcome outcome = admin.runsUnseen(
                quoted(Docs.ROOT.resolve("dev/cluster")) + " operator " + command + " --dir " + quoted(folder));
        if (!outcome.answer().succeeded()) {
            throw new Unexpected(expected, outcome.text());
        }
    }

    AuditLog audit() {
        return new AuditLog(folder.resolve("logs"));
    }

    private static String quoted(Path path) {
        return "'" + path.toString().replace("'", "'\\''") + "'";
    }
}
