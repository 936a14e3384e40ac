package dev.lapse.grant;

import dev.lapse.api.v1alpha1.PrivilegeGrant;
import io.fabric8.kubernetes.api.model.KubernetesResourceList;
import io.fabric8.kubernetes.api.model.ListOptionsBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The first thing that is read at a start: the grants that give access, page by page, and of the others nothing is kept. */
final class KubernetesLiveGrants {
    /** So many of the largest are some megabytes. */
    private static final long PAGE = 100;

    private KubernetesLiveGrants() {}

    static Stream<PrivilegeGrant> listed(KubernetesClient client) {
        List<PrivilegeGrant> live = new ArrayList<>();
        @Nullable String next = null;
        do {
            KubernetesResourceList<PrivilegeGrant> page = client.resources(PrivilegeGrant.class)
                    .inAnyNamespace()
                    .list(new ListOptionsBuilder()
                            .withLimit(PAGE)
                            .withContinue(next)
                            .build());
            page.getItems().stream()
                    .filter(GrantEventSources::open)
                    .filter(grant -> grant.getStatus() != null)
                    .forEach(live::add);
            next = page.getMetadata().getContinue();
        } while (next != null && !next.isEmpty());
        return live.stream();
    }
}
