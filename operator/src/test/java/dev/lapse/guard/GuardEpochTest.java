package dev.lapse.guard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lapse.guard.GuardEpoch.Parameters;
import dev.lapse.guard.GuardPart.Kind;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GuardEpochTest {
    private static final Parameters PARAMETERS = new Parameters("p", Map.of("operator", "op", "appliers", ""));

    @Test
    void isTheSameForTheSamePartsInAnyOrder() {
        List<GuardPart> reversed = new ArrayList<>();
        parts().forEach(part -> reversed.add(0, part));

        GuardEpoch epoch = GuardEpoch.of(parts(), Optional.of(PARAMETERS));

        assertThat(epoch.problem()).isEmpty();
        assertThat(epoch.parts()).matches("[0-9a-f]{16}");
        assertThat(GuardEpoch.of(reversed, Optional.of(PARAMETERS))).isEqualTo(epoch);
    }

    @Test
    void changesWithEachUidGenerationAndParameter() {
        GuardEpoch epoch = GuardEpoch.of(parts(), Optional.of(PARAMETERS));

        for (int index = 0; index < parts().size(); index++) {
            assertThat(epochWith(index, part -> part(part, "other", part.generation())))
                    .isNotEqualTo(epoch);
            assertThat(epochWith(index, part -> part(part, part.uid(), 2))).isNotEqualTo(epoch);
        }
        assertThat(withParameters("q", PARAMETERS.data())).isNotEqualTo(epoch);
        assertThat(withParameters("p", Map.of("operator", "op", "appliers", "mallory")))
                .isNotEqualTo(epoch);
        assertThat(withParameters("p", Map.of("operator", "op"))).isNotEqualTo(epoch);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "a comment that nobody reads   | note          | changed by olivia",
                "how far an applier reaches    | applierLimits | - name: argocd",
                "the order and the white space | appliers      | ' flux\nargocd  argocd '",
            })
    void doesNotChangeWithWhatThePoliciesDoNotRead(String what, String key, String value) {
        Map<String, String> data = Map.of("operator", "op", "appliers", "argocd flux");
        Map<String, String> other = new HashMap<>(data);
        other.put(key, value.replace("\\n", "\n"));

        assertThat(withParameters("p", other)).as(what).isEqualTo(withParameters("p", data));
    }

    @Test
    void doesNotCareAboutOtherPeoplesPolicies() {
        List<GuardPart> more = new ArrayList<>(parts());
        more.add(new GuardPart(Kind.ValidatingAdmissionPolicy, "images", "images", "u", 1, "is weak"));

        assertThat(GuardEpoch.of(more, Optional.of(PARAMETERS)))
                .isEqualTo(GuardEpoch.of(parts(), Optional.of(PARAMETERS)));
    }

    @Test
    void namesThePartThatIsMissingWeakOrBindsAnother() {
        for (int index = 0; index < parts().size(); index++) {
            GuardPart part = parts().get(index);
            List<GuardPart> without = new ArrayList<>(parts());
            without.remove(index);

            assertThat(GuardEpoch.of(without, Optional.of(PARAMETERS)))
                    .isEqualTo(new GuardEpoch("", part.kind() + "/" + part.name() + " is missing"));
            assertThat(epochWith(index, GuardEpochTest::weak).problem())
                    .isEqualTo(part.kind() + "/" + part.name() + " lacks teeth");
            assertThat(epochWith(index, GuardEpochTest::bindingAnother).problem())
                    .isEqualTo(part.kind() + "/" + part.name() + " binds images instead of " + part.policy());
        }
        assertThat(GuardEpoch.of(parts(), Optional.empty()).problem())
                .isEqualTo("ConfigMap lapse-system/lapse-guard is missing");
    }

    @Test
    void isNoneWhileAParameterHoldsAHiddenCharacter() {
        assertThat(withParameters("p", Map.of("operator", "op", "appliers", "argo", "protectedNamespaces", "a\u00a0b"))
                        .problem())
                .startsWith(
                        "protectedNamespaces in ConfigMap lapse-system/lapse-guard holds the hidden character U+00A0");
    }

    @Test
    void doesNotComeBackWithTheParts() {
        GuardEpoch epoch = GuardEpoch.of(parts(), Optional.of(PARAMETERS));
        Instant noon = Instant.parse("2026-11-22T12:00:00Z");

        assertThat(epoch.since(noon)).isEqualTo(epoch.since(noon)).isNotEqualTo(epoch.since(noon.plusSeconds(1)));
    }

    private static GuardEpoch withParameters(String uid, Map<String, String> data) {
        return GuardEpoch.of(parts(), Optional.of(new Parameters(uid, data)));
    }

    private static GuardEpoch epochWith(int index, UnaryOperator<GuardPart> change) {
        List<GuardPart> changed = new ArrayList<>(parts());
        changed.set(index, change.apply(changed.get(index)));
        return GuardEpoch.of(changed, Optional.of(PARAMETERS));
    }

    private static GuardPart part(GuardPart of, String uid, long generation) {
        return new GuardPart(of.kind(), of.name(), of.policy(), uid, generation, of.fault());
    }

    private static GuardPart weak(GuardPart of) {
        return new GuardPart(of.kind(), of.name(), of.policy(), of.uid(), of.generation(), "lacks teeth");
    }

    private static GuardPart bindingAnother(GuardPart of) {
        return new GuardPart(of.kind(), of.name(), "images", of.uid(), of.generation(), "");
    }

    private static List<GuardPart> parts() {
        List<GuardPart> parts = new ArrayList<>();
        GuardEpoch.POLICY_OF_BINDING.forEach((binding, policy) -> parts.add(
                new GuardPart(Kind.ValidatingAdmissionPolicyBinding, binding, policy, "b-" + binding, 1, "")));
        GuardEpoch.POLICY_OF_BINDING.values().stream()
                .distinct()
                .forEach(policy ->
                        parts.add(new GuardPart(Kind.ValidatingAdmissionPolicy, policy, policy, "p-" + policy, 1, "")));
        return parts;
    }
}
