package dev.lapse.guard;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * One dry-run create that exactly one binding of the guard must refuse.
 *
 * <p>The policies exempt the operator, except for a dry run of these names. So the operator proves each policy itself,
 * without a second account and without writing anything.
 *
 * @param binding the binding that must refuse the create
 * @param path where to POST it
 * @param refusal words of the refusal: a policy that fails to evaluate refuses too, but proves nothing
 */
record Canary(String binding, String path, String body, String refusal) {
    private static final YAMLMapper YAML = new YAMLMapper();

    /** The binding whose refusal tells which parameters the API server uses. */
    private static final String TELLS_PARAMETERS = "lapse-operator-reach";

    private static final Pattern AS_OF = Pattern.compile("by lapse-guard as of resourceVersion ([0-9a-zA-Z]+)");

    /** One for each binding. */
    static List<Canary> all() {
        String identities = "/apis/lapse.dev/v1alpha1/namespaces/lapse-system/serviceidentities";
        String grants = "/apis/lapse.dev/v1alpha1/namespaces/lapse-system/privilegegrants";
        String reviews = "/apis/lapse.dev/v1alpha1/namespaces/lapse-system/accessreviews";
        String secrets = "/api/v1/namespaces/lapse-system/secrets";
        String memory = "/api/v1/namespaces/lapse-system/configmaps";
        String accounts = "/api/v1/namespaces/lapse-principals/serviceaccounts";
        String itsAccounts = "/api/v1/namespaces/lapse-system/serviceaccounts";
        String leases = "/apis/coordination.k8s.io/v1/namespaces/lapse-system/leases";
        return List.of(
                canary("lapse-identities", identities, "must be your own user name", IDENTITY),
                canary("lapse-grants", grants, "must be your own user name", GRANT),
                canary("lapse-reviews", reviews, "opened by the operator alone", review("reviews")),
                // A wrong operator name in the parameters shows here, because lapse-reviews would refuse the dry run.
                canary("lapse-status", reviews, "belong to the operator", review("status")),
                canary("lapse-names", secrets, "belong to the operator", UNLABELLED),
                canary("lapse-secrets", secrets, "touches no Secrets but those it makes", STRANGER),
                canary("lapse-objects-grant-uid", secrets, "by the operator alone", labelled("grant-uid")),
                canary("lapse-objects-grant-namespace", secrets, "by the operator alone", labelled("grant-namespace")),
                canary("lapse-objects-identity-uid", secrets, "by the operator alone", labelled("identity-uid")),
                canary("lapse-principals", accounts, "nothing but the operator", account("principals")),
                canary("lapse-memory", memory, "by the operator alone", MEMORY),
                canary("lapse-size", reviews, "metadata.labels: 64 are the most", tooManyLabels()),
                canary("lapse-operator", itsAccounts, "carries the name and the label of a grant", account("operator")),
                canary("lapse-operator-reach", itsAccounts, "it is protected", LABELLED_ACCOUNT),
                canary("lapse-operator-words", reviews, "opens reviews without one", review("words") + VERDICT),
                canary("lapse-operator-lease", leases, "holds one lease", LEASE));
    }

    /**
     * What is wrong if the API server answered with {@code message}, as a sentence; empty if it proves the binding.
     */
    String problemOf(String message) {
        String by = "'" + GuardEpoch.POLICY_OF_BINDING.get(binding) + "' with binding '" + binding + "' denied request";
        if (message.contains(by)) {
            return message.contains(refusal) ? "" : binding + " refuses without having looked: " + message;
        }
        // A canary breaks the rules of one policy only, if the parameters name this operator. So another refusal means
        // another name.
        return message.contains("ValidatingAdmissionPolicy 'lapse-")
                ? "operator in ConfigMap lapse-system/lapse-guard is not this operator's user name: " + message
                : binding + " was not seen to refuse a dry run: " + message;
    }

    /**
     * Whether the API server, which answered with {@code message}, uses other parameters than those it stores. An API
     * server that had no binding with parameters for a second never reads them again until it is restarted.
     */
    boolean goesByOtherParameters(String message, String stored) {
        Matcher asOf = AS_OF.matcher(message);
        return binding.equals(TELLS_PARAMETERS) && asOf.find() && !asOf.group(1).equals(stored);
    }

    private static final String GRANT = """
            apiVersion: lapse.dev/v1alpha1
            kind: PrivilegeGrant
            metadata: {name: lapse-canary-grants}
            spec:
              identityRef: {name: canary}
              privilege: canary
              duration: 1s
              reason: a dry run that must be refused, with a foreign name
              requestedBy: nobody
            """;

    private static String tooManyLabels() {
        String labels =
                IntStream.range(0, 65).mapToObj(i -> "l" + i + ": x").collect(Collectors.joining(", ", "{", "}"));
        return review("size").replace("{name: lapse-canary-size}", "{name: lapse-canary-size, labels: " + labels + "}");
    }

    private static String review(String policy) {
        return """
            apiVersion: lapse.dev/v1alpha1
            kind: AccessReview
            metadata: {name: lapse-canary-%s}
            spec:
              type: Request
              identityRef: {name: canary}
              request:
                grant: canary
                grantUID: canary
                hash: "0000000000000000"
                privilege: canary
                role: ClusterRole/canary
                namespaces: []
                principal: Dedicated
                principalName: nobody
                duration: 1s
                risks: []
                requestedBy: nobody
                claimed: false
                reason: a dry run that must be refused, as nobody but the operator opens reviews
              required: 1
              dueAt: 2000-01-01T00:00:00Z
            """.formatted(policy);
    }

    private static final String IDENTITY = """
            apiVersion: lapse.dev/v1alpha1
            kind: ServiceIdentity
            metadata: {name: lapse-canary-identities}
            spec:
              actorType: Workload
              subject: {serviceAccount: {name: canary}}
              purpose: a dry run that must be refused
              changedBy: nobody
            """;

    private static final String UNLABELLED = """
            apiVersion: v1
            kind: Secret
            metadata: {name: lapse-00000000-0000-0000-0000-000000000000}
            """;

    private static final String STRANGER = """
            apiVersion: v1
            kind: Secret
            metadata: {name: lapse-canary-secrets}
            """;

    /** The verdict that is added to the spec of a review. */
    private static final String VERDICT = """
              decisions:
                - {item: request, by: nobody, verdict: Deny, itemHash: "0000000000000000"}
            """;

    private static final String LABELLED_ACCOUNT = """
            apiVersion: v1
            kind: ServiceAccount
            metadata:
              name: lapse-canary-reach
              labels: {lapse.dev/grant-uid: canary}
            """;

    private static final String LEASE = """
            apiVersion: coordination.k8s.io/v1
            kind: Lease
            metadata: {name: lapse-canary-lease}
            spec: {leaseDurationSeconds: 1}
            """;

    private static String account(String policy) {
        return """
            apiVersion: v1
            kind: ServiceAccount
            metadata: {name: lapse-canary-%s}
            """.formatted(policy);
    }

    private static final String MEMORY = """
            apiVersion: v1
            kind: ConfigMap
            metadata: {name: lapse-memory-canary}
            """;

    private static String labelled(String label) {
        return """
            apiVersion: v1
            kind: Secret
            metadata:
              name: lapse-canary-objects
              labels: {lapse.dev/%s: canary}
            """.formatted(label);
    }

    private static Canary canary(String binding, String path, String refusal, String yaml) {
        try {
            JsonNode body = YAML.readTree(yaml);
            return new Canary(binding, path + "?dryRun=All", body.toString(), refusal);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("the canary of " + binding + " is not YAML", e);
        }
    }
}
