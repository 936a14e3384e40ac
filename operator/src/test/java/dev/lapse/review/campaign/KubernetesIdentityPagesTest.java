package dev.lapse.review.campaign;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lapse.api.v1alpha1.ServiceIdentity;
import io.fabric8.kubernetes.api.model.DefaultKubernetesResourceList;
import io.fabric8.kubernetes.api.model.KubernetesResourceList;
import io.fabric8.kubernetes.api.model.ListMetaBuilder;
import io.fabric8.kubernetes.api.model.ListOptions;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** However many campaigns are opened at once, the identities of one page are in memory. */
class KubernetesIdentityPagesTest {
    private static final int IDENTITIES = 130;
    private final AtomicInteger held = new AtomicInteger();
    private final AtomicInteger most = new AtomicInteger();
    private final KubernetesIdentityPages pages = new KubernetesIdentityPages(this::page);

    @Test
    void oneOfSeveralCampaignsReadsAtATimeAndEachReadsAll() {
        List<Integer> seen = IntStream.range(0, 8)
                .parallel()
                .mapToObj(campaign -> {
                    AtomicInteger count = new AtomicInteger();
                    pages.each(page -> {
                        count.addAndGet(page.size());
                        held.addAndGet(-page.size());
                    });
                    return count.get();
                })
                .toList();

        assertThat(seen).hasSize(8).containsOnly(IDENTITIES);
        assertThat(most).hasValueLessThanOrEqualTo((int) KubernetesIdentityPages.PAGE);
    }

    private KubernetesResourceList<ServiceIdentity> page(ListOptions options) {
        int from = options.getContinue() == null ? 0 : Integer.parseInt(options.getContinue());
        int to = (int) Math.min(IDENTITIES, from + options.getLimit());
        DefaultKubernetesResourceList<ServiceIdentity> page = new DefaultKubernetesResourceList<>();
        page.setItems(IntStream.range(from, to)
                .mapToObj(number -> new ServiceIdentity())
                .toList());
        page.setMetadata(new ListMetaBuilder()
                .withContinue(to < IDENTITIES ? Integer.toString(to) : null)
                .build());
        most.accumulateAndGet(held.addAndGet(to - from), Math::max);
        return page;
    }
}
