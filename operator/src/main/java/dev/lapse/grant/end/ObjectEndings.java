package dev.lapse.grant.end;

import dev.lapse.api.v1alpha1.EndCause;
import dev.lapse.api.v1alpha1.PrivilegeGrantStatus.ObjectKind;
import dev.lapse.api.v1alpha1.PrivilegeGrantStatus.ObjectState;
import dev.lapse.grant.Ending;
import dev.lapse.grant.GrantFacts;
import dev.lapse.grant.GrantFacts.NamespaceState;
import dev.lapse.grant.ObservedObject;
import dev.lapse.grant.SeenNamespace;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/** What ends a grant because an object that it stands on is gone, or is another one of the same name. */
final class ObjectEndings {
    private ObjectEndings() {}

    static Optional<Ending> roleChanged(GrantFacts facts, Instant now) {
        return Ending.when(
                !facts.role().missing().isEmpty()
                        || !facts.role().uids().equals(facts.resolved().roleUIDs()),
                EndCause.RoleGone,
                now,
                facts.resolved().role() + " is gone, or another one took its name");
    }

    static Optional<Ending> namespaceGone(GrantFacts facts, Instant now) {
        Optional<String> going = facts.namespaces().entrySet().stream()
                .filter(namespace -> namespace.getValue().state() != NamespaceState.Live)
                .map(Map.Entry::getKey)
                .sorted()
                .findFirst();
        return going.map(namespace -> "namespace " + namespace + " is going away")
                .or(() -> recreated(facts))
                .flatMap(why -> Ending.of(EndCause.NamespaceGone, now, why));
    }

    /** Whoever made it anew is asked by nobody: the author of the entry could bind the role in the one before. */
    private static Optional<String> recreated(GrantFacts facts) {
        List<String> names = facts.resolved().namespaces();
        List<String> uids =
                Optional.ofNullable(facts.resolved().namespaceUIDs()).orElse(List.of());
        return IntStream.range(0, Math.min(names.size(), uids.size()))
                .filter(at -> !uids.get(at)
                        .equals(facts.namespaces()
                                .getOrDefault(names.get(at), SeenNamespace.ABSENT)
                                .uid()))
                .mapToObj(at -> "namespace " + names.get(at)
                        + " was deleted and created again: the grant was for the one before, ask again")
                .findFirst();
    }

    static Optional<Ending> nameTaken(GrantFacts facts, Instant now) {
        return facts.objects().stream()
                .filter(ObservedObject::isForeign)
                .findFirst()
                .map(object -> new Ending(
                        EndCause.Failed,
                        Optional.empty(),
                        now,
                        "somebody else's " + object.object().kind() + " has the name "
                                + object.object().name() + ": it is left alone; remove it and ask again"));
    }

    /** The dedicated account was deleted: its tokens are dead, and another account would be another grant. */
    static Optional<Ending> principalGone(GrantFacts facts, Instant now) {
        boolean gone = facts.objects().stream()
                .filter(object -> object.object().kind() == ObjectKind.ServiceAccount)
                .filter(object -> object.object().state() == ObjectState.Present)
                .anyMatch(object -> object.found() != ObservedObject.Found.Correct);
        return Ending.when(gone, EndCause.SubjectGone, now, "the dedicated account of the grant was deleted");
    }
}
