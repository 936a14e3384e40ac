package dev.lapse.identity;

import dev.lapse.api.v1alpha1.ServiceIdentity;
import dev.lapse.api.v1alpha1.ServiceIdentityStatus;
import dev.lapse.cluster.Asked;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Which changes of an identity can matter to its grants and reviews. */
final class IdentityNews {
    private IdentityNews() {}

    /**
     * The list of active grants in the status is for people only. If it counted as a change, the end of one grant
     * would call for a look at all others.
     */
    static boolean isFor(ServiceIdentity before, ServiceIdentity after) {
        return Asked.forSomethingElse(before, after)
                || !judged(before.getStatus()).equals(judged(after.getStatus()));
    }

    private static List<Object> judged(@Nullable ServiceIdentityStatus status) {
        return status == null
                ? List.of()
                : Arrays.asList(
                        status.phase(),
                        status.subjectUID(),
                        status.createdSubjectUID(),
                        status.owner(),
                        status.proof(),
                        status.seal(),
                        status.entries(),
                        status.waivers(),
                        status.holds());
    }
}
