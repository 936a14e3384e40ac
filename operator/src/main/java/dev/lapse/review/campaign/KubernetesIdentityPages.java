package dev.lapse.review.campaign;

import dev.lapse.api.v1alpha1.ServiceIdentity;
import io.fabric8.kubernetes.api.model.KubernetesResourceList;
import io.fabric8.kubernetes.api.model.ListOptions;
import io.fabric8.kubernetes.api.model.ListOptionsBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Every identity of the cluster as the API server knows it now, a page after the other: one page is held at a time,
 * however many campaigns read at once.
 */
final class KubernetesIdentityPages {
    /** An identity is 1.5 MiB at most. */
    static final long PAGE = 20;

    private final Function<ListOptions, ? extends KubernetesResourceList<ServiceIdentity>> read;
    private final ReentrantLock turn = new ReentrantLock(true);

    KubernetesIdentityPages(Function<ListOptions, ? extends KubernetesResourceList<ServiceIdentity>> read) {
        this.read = read;
    }

    static KubernetesIdentityPages of(KubernetesClient client) {
        return new KubernetesIdentityPages(options ->
                client.resources(ServiceIdentity.class).inAnyNamespace().list(options));
    }

    /** @param use keeps nothing of the page */
    void each(Consumer<List<ServiceIdentity>> use) {
        @Nullable String next = null;
        do {
            next = usePage(next, use);
        } while (next != null && !next.isEmpty());
    }

    /** Where the next one begins. Between two pages another campaign has its turn. */
    private @Nullable String usePage(@Nullable String at, Consumer<List<ServiceIdentity>> use) {
        turn.lock();
        try {
            KubernetesResourceList<ServiceIdentity> page = read.apply(
                    new ListOptionsBuilder().withLimit(PAGE).withContinue(at).build());
            use.accept(page.getItems());
            return page.getMetadata().getContinue();
        } finally {
            turn.unlock();
        }
    }
}
