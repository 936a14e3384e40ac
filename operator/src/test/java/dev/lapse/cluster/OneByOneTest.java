package dev.lapse.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.rbac.PolicyRule;
import io.fabric8.kubernetes.api.model.rbac.PolicyRuleBuilder;
import io.fabric8.kubernetes.api.model.rbac.Role;
import io.fabric8.kubernetes.api.model.rbac.RoleBuilder;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Roles are read once in each version, and what is kept of them is bounded by what it takes. */
class OneByOneTest {
    private final List<String> asked = new ArrayList<>();
    private int rules = 1;
    private final OneByOne<Role> roles = new OneByOne<>(this::read, Role::getRules);

    @Test
    void readsARoleOnceInEachVersion() {
        roles.asked(shown("a", "1"));
        roles.asked(shown("a", "1"));
        roles.asked(shown("a", "2"));

        assertThat(asked).containsExactly("a", "a");
    }

    @Test
    void saysNothingOfARoleThatIsNotShown() {
        assertThat(roles.asked(Optional.empty())).isEmpty();
        assertThat(asked).isEmpty();
    }

    @Test
    void knowsWithoutAskingOnlyWhatItReadInThatVersion() {
        assertThat(roles.known(shown("a", "1"))).isEmpty();
        roles.asked(shown("a", "1"));
        asked.clear();

        assertThat(roles.known(shown("a", "1"))).isPresent();
        assertThat(roles.known(shown("a", "2"))).isEmpty();
        assertThat(roles.known(Optional.empty())).isEmpty();
        assertThat(asked).isEmpty();
    }

    /** 2,500 of the smallest fit into what is read of a role: each is six objects, whatever it says. */
    @Test
    void keepsNoMoreRolesOfTinyRulesThanTheyTake() {
        rules = 2_500;
        for (int number = 0; number < 100; number++) {
            roles.asked(shown("tiny-" + number, "1"));
        }
        asked.clear();

        for (int number = 99; number >= 0; number--) {
            roles.asked(shown("tiny-" + number, "1"));
        }

        long kept = 100L - asked.size();
        assertThat(kept * rules * 600).as("bytes").isBetween(1L, OneByOne.MOST);
    }

    private List<Role> read(String namespace, String name) {
        asked.add(name);
        Role role = shown(
                        name, Long.toString(asked.stream().filter(name::equals).count()))
                .orElseThrow();
        PolicyRule tiny = new PolicyRuleBuilder()
                .withApiGroups("")
                .withResources("a")
                .withVerbs("b")
                .build();
        role.setRules(Collections.nCopies(rules, tiny));
        return List.of(role);
    }

    private static Optional<Role> shown(String name, String version) {
        return Optional.of(new RoleBuilder()
                .withNewMetadata()
                .withName(name)
                .withNamespace("shop")
                .withUid("uid-of-" + name)
                .withResourceVersion(version)
                .endMetadata()
                .build());
    }
}
