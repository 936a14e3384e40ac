package dev.lapse.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lapse.story.Cluster;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.javaoperatorsdk.operator.Operator;
import io.javaoperatorsdk.operator.RegisteredController;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.javaoperatorsdk.operator.processing.event.source.IndexerResourceCache;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the operator relies on of the SDK's inside: another version of the SDK has to keep it. */
class KubernetesSdkIT {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final String NAMESPACE = "default";

    private final KubernetesClient client = Cluster.running().admin();
    private final Counting counting = new Counting();
    private final Operator operator =
            new Operator(overrider -> overrider.withKubernetesClient(client).withCloseClientOnStop(false));
    private RegisteredController<ConfigMap> registered;
    private ConfigMap map;

    /** Counts its passes over one ConfigMap. */
    private static final class Counting implements Reconciler<ConfigMap> {
        private final AtomicInteger passes = new AtomicInteger();
        private final KubernetesTrigger<ConfigMap> trigger =
                new KubernetesTrigger<>("trigger", () -> {}, added -> {}, (before, after) -> {}, deleted -> {});
        private volatile @Nullable IndexerResourceCache<ConfigMap> cache;

        @Override
        public List<EventSource<?, ConfigMap>> prepareEventSources(EventSourceContext<ConfigMap> context) {
            cache = context.getPrimaryCache();
            return List.of(trigger);
        }

        IndexerResourceCache<ConfigMap> cache() {
            return Objects.requireNonNull(cache);
        }

        @Override
        public UpdateControl<ConfigMap> reconcile(ConfigMap seen, Context<ConfigMap> context) {
            if (seen.getMetadata().getName().equals("sdk")) {
                passes.incrementAndGet();
            }
            return UpdateControl.noUpdate();
        }
    }

    @BeforeEach
    void starts() {
        map = client.resource(new ConfigMapBuilder()
                        .withNewMetadata()
                        .withName("sdk")
                        .withNamespace(NAMESPACE)
                        .endMetadata()
                        .addToData("turn", "0")
                        .build())
                .create();
        registered = operator.register(
                counting, config -> config.settingNamespaces(Set.of(NAMESPACE)).withGenerationAware(false));
        operator.start();
        await().atMost(LIMIT).until(() -> counting.passes.get() > 0);
    }

    @AfterEach
    void stops() {
        operator.stop();
        client.configMaps().inNamespace(NAMESPACE).withName("sdk").delete();
    }

    @Test
    void whatIsWrittenIsReadAtOnceAndWhatSomebodyElseWritesToo() {
        for (int turn = 1; turn <= 20; turn++) {
            ConfigMap written = client.resource(new ConfigMapBuilder(map)
                            .withData(Map.of("turn", Integer.toString(turn)))
                            .build())
                    .update();

            KubernetesSdk.remember(counting.cache(), written, map);

            assertThat(read().getData()).containsEntry("turn", Integer.toString(turn));
            map = written;
        }
        client.configMaps().inNamespace(NAMESPACE).withName("sdk").edit(theirs -> {
            theirs.setData(Map.of("turn", "theirs"));
            return theirs;
        });
        await().atMost(LIMIT).until(() -> read().getData().containsValue("theirs"));
    }

    @Test
    void aControllerLooksAgainWhenItIsAsked() {
        int before = counting.passes.get();

        counting.trigger.lookAgain(NAMESPACE, "sdk");

        await().atMost(LIMIT).until(() -> counting.passes.get() > before);
    }

    @Test
    void anInformerThatIsStoppedHearsNothing() {
        assertThat(KubernetesSdk.stopInformer(registered)).isTrue();
        int before = counting.passes.get();

        client.configMaps().inNamespace(NAMESPACE).withName("sdk").edit(changed -> {
            changed.setData(Map.of("turn", "unheard"));
            return changed;
        });

        await().during(Duration.ofSeconds(2)).atMost(LIMIT).until(() -> counting.passes.get() == before);
    }

    private ConfigMap read() {
        return Objects.requireNonNull(
                counting.cache().get(new ResourceID("sdk", NAMESPACE)).orElse(null));
    }
}
