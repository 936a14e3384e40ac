package dev.lapse.story;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lapse.story.Caller.Answer;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.ValidatingAdmissionPolicyBinding;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.ValidatingAdmissionPolicyBindingBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;

/** A hole in the guard: the bindings of some policies are gone until it is closed, and come back byte for byte. */
final class GuardHole implements AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(50);

    private final Cluster cluster;
    private final List<ValidatingAdmissionPolicyBinding> bindings;
    private final String epochBefore;

    private GuardHole(Cluster cluster, List<ValidatingAdmissionPolicyBinding> bindings) {
        this.cluster = cluster;
        this.bindings = bindings;
        this.epochBefore = InstalledOperator.epoch(cluster);
    }

    /** Returns once the operator has noticed. */
    static GuardHole torn(Cluster cluster, String... names) {
        var all = cluster.admin().admissionRegistration().v1().validatingAdmissionPolicyBindings();
        GuardHole hole = new GuardHole(
                cluster,
                Arrays.stream(names).map(name -> all.withName(name).require()).toList());
        hole.bindings.forEach(binding -> all.resource(binding).delete());
        await().atMost(InstalledOperator.LIMIT).until(() -> !InstalledOperator.ready(cluster));
        return hole;
    }

    /** The API server goes on refusing for a moment: somebody who tries long enough gets through. */
    Answer through(Supplier<Answer> attempt) {
        Answer through = await().pollInterval(POLL)
                .atMost(InstalledOperator.LIMIT)
                .until(attempt::get, answer -> answer.code() != TokenClient.FORBIDDEN);
        assertThat(through.passed()).as(through.body()).isTrue();
        return through;
    }

    /** As an administrator, against whom nothing but the guard stands. */
    <T extends HasMetadata> T create(T object) {
        return await().pollInterval(POLL)
                .atMost(InstalledOperator.LIMIT)
                .ignoreException(KubernetesClientException.class)
                .until(() -> cluster.admin().resource(object).create(), created -> true);
    }

    /** Returns once the guard has settled anew. */
    @Override
    public void close() {
        bindings.forEach(binding -> cluster.admin()
                .resource(new ValidatingAdmissionPolicyBindingBuilder(binding)
                        .editMetadata()
                        .withResourceVersion(null)
                        .withUid(null)
                        .endMetadata()
                        .build())
                .create());
        await().atMost(InstalledOperator.LIMIT)
                .until(() -> !InstalledOperator.epoch(cluster).equals(epochBefore) && InstalledOperator.ready(cluster));
    }
}
