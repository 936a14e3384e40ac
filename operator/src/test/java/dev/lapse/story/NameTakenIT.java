package dev.lapse.story;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lapse.api.v1alpha1.EndCause;
import dev.lapse.api.v1alpha1.GrantPhase;
import dev.lapse.condition.Reason;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.api.model.ServiceAccountBuilder;
import io.fabric8.kubernetes.api.model.rbac.RoleBindingBuilder;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * Somebody else's object under the name that belongs to a grant. The guard refuses such names while it stands, so it is
 * made through a hole, for grants that are scheduled and so known by their UIDs.
 */
@TakesTurns("takes bindings of the guard away")
class NameTakenIT {
    private final Story story = Story.begins();
    private final String here = story.namespace();

    @Test
    void whatHasTheNameStaysAsItIsAndTheGrantFails() {
        story.identity(Entry.of("look", "view").in(here));
        Grant withSecret = scheduled();
        Grant withBinding = scheduled();
        Grant withAccount = scheduled();
        HasMetadata secret = new SecretBuilder()
                .withMetadata(named(withSecret, here))
                .addToStringData("token", "somebody else's")
                .build();
        HasMetadata binding = new RoleBindingBuilder()
                .withMetadata(named(withBinding, here))
                .withNewRoleRef("rbac.authorization.k8s.io", "ClusterRole", "edit")
                .withSubjects(Rights.user("erin"))
                .build();
        HasMetadata account = new ServiceAccountBuilder()
                .withMetadata(named(withAccount, "lapse-principals"))
                .build();

        try (GuardHole hole = GuardHole.torn(story.cluster(), "lapse-names", "lapse-principals")) {
            secret = hole.create(secret);
            binding = hole.create(binding);
            account = hole.create(account);
        }

        failed(withSecret, secret);
        failed(withBinding, binding);
        failed(withAccount, account);
    }

    private Grant scheduled() {
        Instant begin = Instant.now().plusSeconds(12).truncatedTo(ChronoUnit.SECONDS);
        return story.asks("rashid", "look", "10m", Map.of("notBefore", begin.toString()))
                .awaitPhase(GrantPhase.Scheduled);
    }

    private void failed(Grant grant, HasMetadata foreign) {
        String words = "somebody else's " + foreign.getKind() + " has the name " + grant.objectName();
        grant.awaitPhase(GrantPhase.Failed);
        assertThat(grant.reason()).isEqualTo(Reason.NameTaken.name());
        assertThat(grant.status().end().cause()).isEqualTo(EndCause.Failed);
        assertThat(grant.awaitEvent("Failed")).contains(words).contains("remove it and ask again");
        assertThat(grant.leftovers())
                .containsExactly(
                        foreign.getKind() + " " + foreign.getMetadata().getNamespace() + "/" + grant.objectName());
        assertThat(story.admin().resource(foreign).get()).isEqualTo(foreign);
    }

    private static ObjectMeta named(Grant grant, String namespace) {
        return new ObjectMetaBuilder()
                .withName(grant.objectName())
                .withNamespace(namespace)
                .build();
    }
}
