package dev.lapse.grant;

import dev.lapse.api.v1alpha1.PrivilegeGrantStatus.GrantObject;
import java.util.Optional;

/** An object of a grant's record beside what the cluster shows under its name. */
public record ObservedObject(GrantObject object, Found found, Optional<String> seenUid) {
    public enum Found {
        /** Nothing has this name. */
        Absent,
        /** Ours, and as it should be. */
        Correct,
        /** Ours by label and name, but changed by somebody. */
        Changed,
        /** Under our name, and no status explains it: a pass that was cut off left it, or another instance makes it now. */
        Left,
        /** Somebody else's. */
        Foreign,
        /** The operator may not look (Secrets): only the record knows. */
        Hidden
    }

    /** Whether somebody else's object has the name now. */
    public boolean isForeign() {
        return found == Found.Foreign;
    }

    /** Whether somebody else's object has the name, and none of ours ever had: there is nothing to remove. */
    public boolean neverOurs() {
        return isForeign() && ownUid().isEmpty();
    }

    /** The UID of what is to be removed: of somebody else's object only the one that the record says was ours. */
    public Optional<String> ownUid() {
        return isForeign() ? Optional.ofNullable(object.uid()) : seenUid;
    }

    ObservedObject withFound(GrantObject now, Found seen) {
        return new ObservedObject(now, seen, Optional.ofNullable(now.uid()).or(() -> seenUid));
    }

    /** In which order it is taken away: access first, then what carries a token, then the rest. */
    public int order() {
        return switch (object.kind()) {
            case ClusterRoleBinding, RoleBinding -> 0;
            case ServiceAccount -> 1;
            case Secret, Role -> 2;
        };
    }
}
