package dev.lapse.cli;

import dev.lapse.api.v1alpha1.Condition;
import dev.lapse.api.v1alpha1.Condition.ConditionStatus;
import dev.lapse.api.v1alpha1.EligibleEntry;
import dev.lapse.api.v1alpha1.ServiceIdentity;
import dev.lapse.api.v1alpha1.ServiceIdentitySpec;
import dev.lapse.api.v1alpha1.ServiceIdentityStatus;
import dev.lapse.api.v1alpha1.ServiceIdentityStatus.EntryState;
import dev.lapse.api.v1alpha1.ServiceIdentityStatus.EntryStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * What an identity may ask for, what hinders it, and what is next.
 *
 * @param owed the reviews of it that nobody has settled, as far as the caller may read them
 * @param may whether the caller holds this verb of Lapse on the identity
 */
record IdentityExplanation(ServiceIdentity identity, List<RequestToDecide> owed, Person me, Predicate<String> may) {

    Explanation told() {
        ServiceIdentitySpec spec = identity.getSpec();
        Explanation told = Explanation.of(
                identity,
                ": "
                        + status().map(known -> known.phase() + ", " + known.activeGrantCount() + " grants active")
                                .orElse("not looked at yet"));
        told.line("is", spec.actorType() + ", acts as " + subject(spec))
                .line("owner", owner(spec))
                .line("for", Optional.ofNullable(spec.purpose()));
        conditions().stream()
                .filter(condition -> condition.status() != ConditionStatus.True)
                .forEach(condition -> told.line(
                        "why",
                        condition.type() + " is " + condition.status() + " (" + condition.reason() + "): "
                                + condition.message()));
        entries().forEach(entry -> told.line("may ask for", line(entry)));
        status().map(ServiceIdentityStatus::waivers).stream()
                .flatMap(List::stream)
                .forEach(waiver -> told.line(
                        "waiver",
                        "of duties " + String.join(" and ", waiver.duties()) + ": " + waiver.state() + " ("
                                + waiver.reason() + "): " + waiver.message()));
        status().map(ServiceIdentityStatus::holds).stream()
                .flatMap(List::stream)
                .forEach(hold -> told.line("held", "(" + hold.reason() + ") " + hold.message()));
        owed.forEach(review -> told.lines("owes", owed(review)));
        return told.line("you", you()).line("next", next());
    }

    private static List<String> owed(RequestToDecide review) {
        List<String> lines = new ArrayList<>(GrantExplanation.owed(review));
        lines.set(0, what(review) + "; " + lines.get(0));
        return lines;
    }

    private static String what(RequestToDecide review) {
        return review.isBreakGlass()
                ? "a review of the break-glass of incident "
                        + review.review().getSpec().requested().incident() + ", grant "
                        + review.review().getSpec().requested().grant()
                : "a certification of what it may ask for";
    }

    static String role(EligibleEntry entry) {
        return entry.role().text() + " in "
                + (entry.clusterWide() || entry.namespaces() == null
                        ? "the whole cluster"
                        : String.join(", ", entry.namespaces()));
    }

    private String line(EligibleEntry entry) {
        String approvals = entry.approvals() == null
                ? "approvals as its profile says"
                : entry.approvals().required() + " approvals";
        String state = status().map(ServiceIdentityStatus::entries).stream()
                .flatMap(List::stream)
                .filter(known -> known.name().equals(entry.name()))
                .findFirst()
                .map(IdentityExplanation::state)
                .orElse("not looked at yet");
        String breakGlass = entry.breakGlass() == null
                ? ""
                : ", or break-glass up to " + entry.breakGlass().maxDuration();
        return entry.name() + ": " + role(entry) + ", " + approvals + breakGlass + "; " + state;
    }

    private static String state(EntryStatus known) {
        return known.state() == EntryState.Eligible
                ? "it can be granted"
                : known.state() + " (" + known.reason() + "): " + known.message();
    }

    private String you() {
        boolean breakGlass = entries().stream().anyMatch(entry -> entry.breakGlass() != null);
        return "you (" + me.user() + ") " + may("request") + " ask for its grants, "
                + (breakGlass ? may("breakglass") + " take them by break-glass, " : "") + "and " + may("approve")
                + " approve them";
    }

    private String may(String verb) {
        return may.test(verb) ? "may" : "may not";
    }

    private String next() {
        boolean ready = conditions().stream()
                .anyMatch(condition -> condition.type().equals("Ready") && condition.status() == ConditionStatus.True);
        if (status().isEmpty()) {
            return "Lapse looks at it; if it stays like this, no operator runs (docs/runbooks/operator-down.md)";
        }
        if (!ready) {
            return held() ? "people decide what is owed, as named above" : "its owner mends what is named above";
        }
        return entries().stream()
                .findFirst()
                .map(entry -> "kubectl lapse request " + name() + " " + entry.name() + " --for 30m --reason '…' -n "
                        + identity.getMetadata().getNamespace())
                .orElse("somebody who may bind a role writes an entry in spec.eligible");
    }

    private boolean held() {
        return conditions().stream()
                .anyMatch(condition ->
                        condition.type().equals("Ready") && condition.reason().equals("ReviewMissed"));
    }

    private static String subject(ServiceIdentitySpec spec) {
        return spec.subject().serviceAccount() == null
                ? "user " + spec.subject().user()
                : "ServiceAccount " + spec.subject().serviceAccount().name();
    }

    private Optional<String> owner(ServiceIdentitySpec spec) {
        return status().flatMap(known -> Optional.ofNullable(known.owner()))
                .map(known -> known.name())
                .or(() -> Optional.ofNullable(spec.owner())
                        .map(known -> known.user() == null ? known.team() : known.user()));
    }

    private Optional<ServiceIdentityStatus> status() {
        return Optional.ofNullable(identity.getStatus()).filter(known -> known.phase() != null);
    }

    private List<Condition> conditions() {
        return status().map(ServiceIdentityStatus::conditions).orElse(List.of());
    }

    private List<EligibleEntry> entries() {
        return identity.getSpec().eligible() == null
                ? List.of()
                : identity.getSpec().eligible();
    }

    private String name() {
        return identity.getMetadata().getName();
    }
}
