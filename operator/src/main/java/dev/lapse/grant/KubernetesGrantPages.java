package dev.lapse.grant;

import dev.lapse.api.v1alpha1.PrivilegeGrant;
import io.fabric8.kubernetes.api.model.KubernetesResourceList;
import io.fabric8.kubernetes.api.model.ListOptionsBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * All grants, page by page, each page when it is asked for: the first thing that is read at a start, and all that is read
 * where there is no room for more.
 */
final class KubernetesGrantPages {
    private static final long PAGE = 100;

    private KubernetesGrantPages() {}

    static Stream<PrivilegeGrant> listed(KubernetesClient client) {
        return Stream.iterate(Optional.of(page(client, "")), Optional::isPresent, page -> next(client, page.get()))
                .flatMap(page -> page.get().getItems().stream());
    }

    private static Optional<KubernetesResourceList<PrivilegeGrant>> next(
            KubernetesClient client, KubernetesResourceList<PrivilegeGrant> page) {
        return Optional.ofNullable(page.getMetadata().getContinue())
                .filter(next -> !next.isEmpty())
                .map(next -> page(client, next));
    }

    private static KubernetesResourceList<PrivilegeGrant> page(KubernetesClient client, String from) {
        return client.resources(PrivilegeGrant.class)
                .inAnyNamespace()
                .list(new ListOptionsBuilder()
                        .withLimit(PAGE)
                        .withContinue(from.isEmpty() ? null : from)
                        .build());
    }
}
