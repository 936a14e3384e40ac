package dev.lapse.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** What the API server wrote down about who asked it for what. */
public final class AuditLog {
    public static final String OPERATOR = "system:serviceaccount:lapse-system:lapse-operator";

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path folder;

    /** One request that was answered. */
    public record Request(
            String verb,
            String resource,
            String namespace,
            String name,
            String uri,
            int code,
            Instant received,
            Instant answered) {

        boolean dryRun() {
            return uri.contains("dryRun=");
        }

        /** Verb and resource as RBAC writes them. */
        String kind() {
            return verb + " " + resource;
        }
    }

    /** @param folder of the API server's logs */
    public AuditLog(Path folder) {
        this.folder = folder;
    }

    /** The place where the log ends now. */
    public long end() {
        return files().stream().mapToLong(AuditLog::size).sum();
    }

    /** The requests of {@code user} from {@code place} on, in the order of their answers. */
    public List<Request> since(long place, String user) {
        List<Request> found = new ArrayList<>();
        long skip = place;
        for (Path file : files()) {
            long size = size(file);
            if (skip < size) {
                read(file, skip, user, found);
            }
            skip = Math.max(0, skip - size);
        }
        return found;
    }

    /** The API server begins a new file at 100 MB and gives the full one a name with its time. */
    private List<Path> files() {
        try (var entries = Files.list(folder)) {
            List<Path> files = new ArrayList<>(
                    entries.filter(file -> file.getFileName().toString().matches("audit-.*\\.log"))
                            .sorted()
                            .toList());
            files.add(folder.resolve("audit.log"));
            return files;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static long size(Path file) {
        try {
            return Files.size(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void read(Path file, long from, String user, List<Request> found) {
        String mark = "\"username\":\"" + user + "\"";
        try (var bytes = Files.newInputStream(file)) {
            bytes.skipNBytes(from);
            var lines = new BufferedReader(new InputStreamReader(bytes, StandardCharsets.UTF_8));
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                // A line that is being written has no end yet.
                if (line.contains(mark) && line.endsWith("}")) {
                    found.add(request(JSON.readTree(line)));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Request request(JsonNode event) {
        JsonNode object = event.path("objectRef");
        String subresource = object.path("subresource").asText("");
        return new Request(
                event.path("verb").asText(),
                object.path("resource").asText() + (subresource.isEmpty() ? "" : "/" + subresource),
                object.path("namespace").asText(""),
                object.path("name").asText(""),
                event.path("requestURI").asText(),
                event.path("responseStatus").path("code").asInt(),
                Instant.parse(event.path("requestReceivedTimestamp").asText()),
                Instant.parse(event.path("stageTimestamp").asText()));
    }
}
