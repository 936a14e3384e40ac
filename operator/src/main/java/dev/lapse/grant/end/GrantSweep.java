package dev.lapse.grant.end;

import dev.lapse.api.v1alpha1.Lapse;
import dev.lapse.api.v1alpha1.PrivilegeGrant;
import dev.lapse.api.v1alpha1.PrivilegeGrantStatus.GrantObject;
import dev.lapse.api.v1alpha1.PrivilegeGrantStatus.ObjectKind;
import dev.lapse.api.v1alpha1.PrivilegeGrantStatus.ObjectState;
import dev.lapse.grant.GrantGlance;
import dev.lapse.grant.GrantPlan;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Finds, in what the informers show, objects that no open grant answers for: an event was lost, an old state was restored,
 * a finalizer was torn off. Something is ours to remove only if label and name agree.
 */
public final class GrantSweep {
    private GrantSweep() {}

    /** An object to remove, with its UID. */
    public record Orphan(GrantObject object, String uid) {}

    public static List<Orphan> orphans(
            Map<ObjectKind, List<? extends HasMetadata>> ours, Stream<PrivilegeGrant> grants) {
        Map<String, PrivilegeGrant> open = grants.filter(GrantGlance::open)
                .collect(Collectors.toMap(
                        grant -> grant.getMetadata().getUid(), Function.identity(), (one, two) -> one));
        List<Orphan> orphans = new ArrayList<>();
        ours.forEach((kind, objects) -> objects.forEach(object -> grantUid(object)
                .filter(uid -> !open.containsKey(uid))
                .ifPresent(uid -> orphans.add(new Orphan(
                        new GrantObject(
                                kind,
                                object.getMetadata().getNamespace(),
                                object.getMetadata().getName(),
                                object.getMetadata().getUid(),
                                ObjectState.Present),
                        object.getMetadata().getUid())))));
        return orphans;
    }

    private static Optional<String> grantUid(HasMetadata object) {
        Map<String, String> labels = object.getMetadata().getLabels();
        return Optional.ofNullable(labels)
                .map(all -> all.get(Lapse.GRANT_UID_LABEL))
                .filter(uid -> Set.of(GrantPlan.objectName(uid), GrantPlan.mintName(uid))
                        .contains(object.getMetadata().getName()));
    }
}
