package dev.lapse.fault;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.lapse.story.Cluster;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;

/** What the API server wrote down about who asked it for what. */
final class AuditLog {
    static final String OPERATOR = "system:serviceaccount:lapse-system:lapse-operator";

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path file;

    AuditLog(Cluster cluster) {
        file = cluster.auditLog();
    }

    /** One finished request; empty where it has none of it. */
    record Entry(
            Instant at,
            String verb,
            String group,
            String resource,
            String subresource,
            String namespace,
            String name,
            int code,
            String uri,
            String agent,
            String message) {
        boolean dryRun() {
            return uri.contains("dryRun");
        }

        boolean write() {
            return !List.of("get", "list", "watch").contains(verb);
        }

        /** As RBAC names it. */
        String rbacResource() {
            return subresource.isEmpty() ? resource : resource + "/" + subresource;
        }
    }

    /** What the operator's process asked since then, in the order of the answers. */
    List<Entry> ofOperator(Instant since) {
        try (Stream<String> lines = Files.lines(file)) {
            return lines.filter(line -> line.contains(OPERATOR))
                    .map(AuditLog::parsed)
                    // Not who only plays it, by impersonation or with its token from outside.
                    .filter(event -> event.at("/user/username").asText().equals(OPERATOR))
                    .map(AuditLog::entry)
                    .filter(entry -> !entry.agent().equals(ApiServer.AGENT))
                    .filter(entry -> !entry.at().isBefore(since))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static JsonNode parsed(String line) {
        try {
            return JSON.readTree(line);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Entry entry(JsonNode event) {
        JsonNode object = event.path("objectRef");
        return new Entry(
                Instant.parse(event.path("requestReceivedTimestamp").asText()),
                event.path("verb").asText(),
                object.path("apiGroup").asText(""),
                object.path("resource").asText(""),
                object.path("subresource").asText(""),
                object.path("namespace").asText(""),
                object.path("name").asText(""),
                event.path("responseStatus").path("code").asInt(),
                event.path("requestURI").asText(),
                event.path("userAgent").asText(""),
                event.path("responseStatus").path("message").asText(""));
    }
}
