package dev.lapse.api.v1alpha1;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What whoever leaves out a field reads. In the schema it is a CEL rule, because the API server answers to a missing
 * {@code required} without a remedy, and beside it says that it has not looked at any rule.
 */
public final class MissingField {
    private static final String REASON = "FieldValueRequired";
    private static final String REQUIRED = "Required. ";

    /** The keys of a list cannot be among them, nor can the type of a review, which most of its rules begin with. */
    private static final Map<String, String> REMEDIES = Stream.of(
                    // PrivilegeGrant
                    "spec.identityRef = name the ServiceIdentity that asks: identityRef: {name: …}",
                    "spec.identityRef.name = write the name of a ServiceIdentity of this namespace",
                    "spec.privilege = name an eligible entry of the ServiceIdentity",
                    "spec.duration = write how long the privilege is needed, for example 30m",
                    "spec.reason = say why the privilege is needed",
                    "spec.requestedBy = write your own user name, as kubectl auth whoami shows it",
                    "spec.breakGlass.incident = name the incident this is taken for",
                    // ServiceIdentity
                    "spec.actorType = write what kind of actor this is: Workload, Pipeline, Agent, Vendor or Admin",
                    "spec.subject = name the account that this acts as: subject: {serviceAccount: {name: …}} or subject: {user: …}",
                    "spec.subject.serviceAccount.name = write the name of a ServiceAccount of this namespace",
                    "spec.eligible[].name = name the entry: a PrivilegeGrant asks for it by this name",
                    "spec.eligible[].role = write the role that is bound, for example role: {kind: ClusterRole, name: view}",
                    "spec.eligible[].role.kind = write kind: Role or kind: ClusterRole",
                    "spec.eligible[].role.name = write the name of the role",
                    "spec.eligible[].approvals.required = write how many people must approve; 0 is pre-approved",
                    "spec.eligible[].breakGlass.maxDuration = write how long a single grant may be, for example 1h",
                    "spec.eligible[].breakGlass.maxTotal = write how long all grants of one incident may be, for example 4h",
                    "spec.eligible[].accepts[].risk = name the risk that is taken, for example SecretsRead",
                    "spec.eligible[].accepts[].reason = say why the risk is taken",
                    "spec.waivers[].duties = name the two duties, as the operator's settings do",
                    "spec.waivers[].reason = say why both duties are needed",
                    "spec.waivers[].until = write when the waiver ends, for example 2027-01-31T00:00:00Z",
                    "spec.waivers[].waivedBy = write your own user name, as kubectl auth whoami shows it",
                    // AccessReview
                    "spec.dueAt = write until when this is to be decided, for example 2027-01-31T00:00:00Z",
                    "spec.decisions[].itemHash = write the hash of the item that you looked at: status.items has it")
            .map(line -> line.split(" = ", 2))
            .collect(Collectors.toMap(line -> line[0], line -> line[1]));

    private MissingField() {}

    /** A rule for each field that must be there and has a remedy, in the place of {@code required}. */
    static void tell(ObjectNode schema, String path) {
        if (!(schema.get("required") instanceof ArrayNode required)) {
            return;
        }
        List<ObjectNode> told = new ArrayList<>();
        List<JsonNode> untold = new ArrayList<>();
        for (JsonNode name : required) {
            String remedy = REMEDIES.get(path + "." + name.asText());
            if (remedy == null) {
                untold.add(name);
                continue;
            }
            told.add(schema.objectNode()
                    .put("fieldPath", "." + name.asText())
                    .put("message", remedy)
                    .put("reason", REASON)
                    .put("rule", "has(self." + name.asText() + ")"));
            // For kubectl explain, which goes by required.
            ObjectNode field = (ObjectNode) schema.at("/properties/" + name.asText());
            field.put("description", REQUIRED + field.path("description").asText());
        }
        if (!told.isEmpty()) {
            ArrayNode rules = schema.withArrayProperty("x-kubernetes-validations");
            for (int i = 0; i < told.size(); i++) {
                rules.insert(i, told.get(i));
            }
            required.removeAll().addAll(untold);
        }
        if (required.isEmpty()) {
            schema.remove("required");
        }
    }

    /** The fields that must be there, however the schema says so. */
    public static Set<String> requiredBy(JsonNode schema) {
        Set<String> names = new LinkedHashSet<>();
        schema.path("required").forEach(name -> names.add(name.asText()));
        schema.path("x-kubernetes-validations").forEach(rule -> {
            if (rule.path("reason").asText().equals(REASON)) {
                names.add(rule.path("fieldPath").asText().substring(1));
            }
        });
        return names;
    }

    /** For a page that says in another way that a field must be there. */
    public static String described(JsonNode schema) {
        String description = schema.path("description").asText();
        return description.startsWith(REQUIRED) ? description.substring(REQUIRED.length()) : description;
    }
}
