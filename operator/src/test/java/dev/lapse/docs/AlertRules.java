package dev.lapse.docs;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The alerts that are shipped, and their table for the reference. */
public final class AlertRules {
    private static final String FILE = "helm/lapse/rules/alerts.yaml";
    private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());

    private AlertRules() {}

    /**
     * @param patience how long it must be so; empty: not at all
     * @param runbook a path from the top of the project
     */
    public record Alert(
            String name, String expression, String patience, String severity, String summary, String runbook) {
        @Override
        public String toString() {
            return name;
        }
    }

    public static List<Alert> all() {
        return all(Docs.ROOT);
    }

    private static List<Alert> all(Path root) {
        List<Alert> alerts = new ArrayList<>();
        for (JsonNode group : read(root).path("groups")) {
            for (JsonNode rule : group.path("rules")) {
                alerts.add(new Alert(
                        rule.path("alert").asText(),
                        rule.path("expr").asText(),
                        rule.path("for").asText(),
                        rule.path("labels").path("severity").asText(),
                        rule.path("annotations").path("summary").asText(),
                        rule.path("annotations").path("runbook").asText()));
            }
        }
        return alerts;
    }

    static String table(Path root) {
        StringBuilder table = new StringBuilder();
        CrdReference.row(table, "alert", "what", "expression", "then");
        CrdReference.row(table, "---", "---", "---", "---");
        for (Alert alert : all(root)) {
            String page = alert.runbook().replaceFirst("^docs/", "../");
            CrdReference.row(
                    table,
                    CrdReference.code(alert.name()),
                    alert.summary() + " (" + alert.severity() + ")",
                    CrdReference.code(alert.expression())
                            + (alert.patience().isEmpty() ? "" : " for " + alert.patience()),
                    "[" + page.replaceAll(".*/|\\.md$", "").replace('-', ' ') + "](" + page + ")");
        }
        return table.toString();
    }

    private static JsonNode read(Path root) {
        try {
            return YAML.readTree(Files.readString(root.resolve(FILE)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
