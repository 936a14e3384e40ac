package dev.lapse.runtime;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lapse.access.Rule;
import dev.lapse.access.SeparationOfDuties;
import dev.lapse.access.SeparationOfDuties.Conflict;
import dev.lapse.access.SeparationOfDuties.Duty;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** The part of the settings file that says which duties there are, and which of them nobody may hold together. */
final class DutySettings {
    private static final int MOST_PERMISSIONS = 32;
    private static final Set<String> RULE = Set.of("apiGroups", "resources", "verbs", "resourceNames");

    private DutySettings() {}

    static SeparationOfDuties read(JsonNode duties, JsonNode conflicts) throws Settings.Invalid {
        List<Duty> declared = new ArrayList<>();
        Set<String> names = new TreeSet<>();
        for (JsonNode node : list("duties", duties)) {
            Duty duty = duty(node, declared.size());
            if (!names.add(duty.name())) {
                throw invalid("duties", duty.name() + " is declared twice");
            }
            declared.add(duty);
        }
        List<Conflict> between = new ArrayList<>();
        for (JsonNode node : list("conflicts", conflicts)) {
            between.add(conflict(node, between.size(), names));
        }
        return new SeparationOfDuties(declared, between);
    }

    private static Duty duty(JsonNode node, int place) throws Settings.Invalid {
        String where = "duties[" + place + "]";
        only(where, node, Set.of("name", "rules"));
        String name = text(where + ".name", node.path("name"));
        List<Rule> rules = new ArrayList<>();
        for (JsonNode rule : list(where + ".rules", node.path("rules"))) {
            rules.add(rule(where + ".rules[" + rules.size() + "]", rule));
        }
        Duty duty = new Duty(name, rules);
        int permissions = duty.permissions().size();
        if (permissions == 0 || permissions > MOST_PERMISSIONS) {
            throw invalid(
                    where,
                    "must allow from 1 to " + MOST_PERMISSIONS
                            + " things, each of which the API server is asked about; " + name + " allows "
                            + permissions);
        }
        return duty;
    }

    private static Rule rule(String where, JsonNode node) throws Settings.Invalid {
        only(where, node, RULE);
        return new Rule(
                texts(where + ".apiGroups", node.path("apiGroups")),
                texts(where + ".resources", node.path("resources")),
                texts(where + ".verbs", node.path("verbs")),
                texts(where + ".resourceNames", node.path("resourceNames")),
                List.of());
    }

    private static Conflict conflict(JsonNode node, int place, Set<String> duties) throws Settings.Invalid {
        String where = "conflicts[" + place + "]";
        only(where, node, Set.of("duties", "reason"));
        List<String> both = texts(where + ".duties", node.path("duties"));
        if (both.size() != 2 || both.get(0).equals(both.get(1))) {
            throw invalid(where + ".duties", "must name two duties");
        }
        for (String duty : both) {
            if (!duties.contains(duty)) {
                throw invalid(
                        where + ".duties",
                        "there is no duty " + duty + "; there are "
                                + (duties.isEmpty() ? "none" : String.join(", ", duties)));
            }
        }
        return new Conflict(both.get(0), both.get(1), text(where + ".reason", node.path("reason")));
    }

    private static List<JsonNode> list(String where, JsonNode node) throws Settings.Invalid {
        if (!node.isMissingNode() && !node.isArray()) {
            throw invalid(where, "must be a list");
        }
        List<JsonNode> all = new ArrayList<>();
        node.forEach(all::add);
        return all;
    }

    private static List<String> texts(String where, JsonNode node) throws Settings.Invalid {
        List<String> texts = new ArrayList<>();
        for (JsonNode text : list(where, node)) {
            if (!text.isTextual()) {
                throw invalid(where, "must be a list of texts");
            }
            // A question about a wildcard does not find somebody who holds a part of it.
            if (text.asText().contains("*")) {
                throw invalid(where, "name each instead of \"" + text.asText() + "\"");
            }
            texts.add(text.asText());
        }
        return texts;
    }

    private static String text(String where, JsonNode node) throws Settings.Invalid {
        if (!node.isTextual() || node.asText().isBlank() || node.asText().length() > 253) {
            throw invalid(where, "must be a text of 1 to 253 characters");
        }
        return node.asText();
    }

    private static void only(String where, JsonNode node, Set<String> known) throws Settings.Invalid {
        if (!node.isObject()) {
            throw invalid(where, "must be a mapping of " + String.join(", ", new TreeSet<>(known)));
        }
        for (Map.Entry<String, JsonNode> property : node.properties()) {
            if (!known.contains(property.getKey())) {
                throw invalid(
                        where,
                        "there is no " + property.getKey() + "; there are " + String.join(", ", new TreeSet<>(known)));
            }
        }
    }

    private static Settings.Invalid invalid(String where, String what) {
        return new Settings.Invalid("setting " + where + " in the settings file: " + what);
    }
}
