package dev.lapse.story;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lapse.access.ClassifiedResources;
import dev.lapse.access.RiskyPermission;
import dev.lapse.access.Rule;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the real API server serves, against the list of what Lapse takes for risky or ordinary. */
@SharesCluster
class DiscoveryIT {
    private static Cluster cluster;

    @BeforeAll
    static void begins() {
        cluster = Story.begins().cluster();
    }

    /** Fails when a new Kubernetes brings a resource that nobody has looked at: add it to a risk, or to the ordinary. */
    @Test
    void everyResourceThatTheServerServesIsClassified() {
        List<String> unclassified = new ArrayList<>();
        int served = 0;
        for (String root : List.of("/api", "/apis")) {
            for (JsonNode group : discovered(root).path("items")) {
                String name = group.at("/metadata/name").asText("");
                List<String> resources = resources(group).toList();
                served += resources.size();
                resources.stream()
                        .filter(resource -> !ClassifiedResources.contains(name, resource))
                        .forEach(resource -> unclassified.add(resource + "." + name));
            }
        }

        assertThat(unclassified).isEmpty();
        // So many there are; an answer in another form would have none.
        assertThat(served).isGreaterThan(100);
    }

    @ParameterizedTest
    @ValueSource(strings = {"view", "edit", "admin"})
    void theBuiltInRolesNameNothingUnclassified(String role) {
        assertThat(RiskyPermission.of(rules(role))).doesNotContain(RiskyPermission.Unclassified);
    }

    @Test
    void whoMayOnlyViewHasNoRisk() {
        assertThat(RiskyPermission.of(rules("view"))).isEmpty();
    }

    private static List<Rule> rules(String role) {
        return Rule.of(cluster.admin()
                .rbac()
                .clusterRoles()
                .withName("system:aggregate-to-" + role)
                .get()
                .getRules());
    }

    private static Stream<String> resources(JsonNode group) {
        List<String> names = new ArrayList<>();
        for (JsonNode version : group.path("versions")) {
            for (JsonNode resource : version.path("resources")) {
                String name = resource.path("resource").asText();
                names.add(name);
                resource.path("subresources")
                        .forEach(sub ->
                                names.add(name + "/" + sub.path("subresource").asText()));
            }
        }
        return names.stream().distinct();
    }

    private static JsonNode discovered(String root) {
        var client = cluster.admin();
        var request = client.getHttpClient()
                .newHttpRequestBuilder()
                .uri(client.getConfiguration().getMasterUrl().replaceAll("/$", "") + root)
                .header("Accept", "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList")
                .build();
        var response = client.getHttpClient().sendAsync(request, String.class).join();
        return new Caller.Answer(response.code(), response.body()).json();
    }
}
