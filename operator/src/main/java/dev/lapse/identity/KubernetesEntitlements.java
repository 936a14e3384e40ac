package dev.lapse.identity;

import dev.lapse.access.AccessOracle;
import dev.lapse.access.ContentHash;
import dev.lapse.access.Entitlement;
import dev.lapse.access.OperatorReach;
import dev.lapse.access.UserInfo;
import dev.lapse.api.v1alpha1.PrincipalType;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Asks whether the author of an entry could bind its role, and asks again only when entry or role change. The answers
 * are for the status and decide nothing: an activation asks for itself.
 */
final class KubernetesEntitlements {
    private static final int MOST_REMEMBERED = 10_000;

    private final AccessOracle oracle;
    private final OperatorReach reach;
    private final Map<String, Entitlement.Outcome> answers = Collections.synchronizedMap(new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Entitlement.Outcome> eldest) {
            return size() > MOST_REMEMBERED;
        }
    });

    KubernetesEntitlements(AccessOracle oracle, OperatorReach reach) {
        this.oracle = oracle;
        this.reach = reach;
    }

    /**
     * Asks about the author of an entry, or about the person who vouched for it. If a voucher is needed and nobody has
     * vouched yet, only the operator's own reach is asked. That answer is not kept, because administrators change the
     * reach without an event.
     *
     * @param vouching of an entry beyond the limits of its applier
     */
    Entitlement.Outcome of(IdentityFacts identity, EntryFacts entry, RoleFacts role, Optional<Vouching> vouching) {
        Entitlement.Outcome outcome = vouching.isEmpty()
                ? couldBind(UserInfo.of(entry.author().orElseThrow(), entry.authorGroups()), identity, entry, role)
                : vouching.get() instanceof Vouching.Given given
                        ? couldBind(given.by(), identity, entry, role)
                        : new Entitlement.Entitled();
        if (!(outcome instanceof Entitlement.Entitled)) {
            return outcome;
        }
        Entitlement.Outcome bound = reach.mayBind(entry.role(), entry.namespaces());
        return bound instanceof Entitlement.Entitled && entry.principal() == PrincipalType.Subject
                ? reach.mayGrantTo(
                        identity.namespace(),
                        identity.subject().userName(),
                        identity.subject().serviceAccount())
                : bound;
    }

    /** An activation got another answer, so the kept answers for this identity are dropped. */
    void forget(String identityUid) {
        synchronized (answers) {
            answers.keySet().removeIf(question -> question.startsWith(identityUid));
        }
    }

    private Entitlement.Outcome couldBind(UserInfo who, IdentityFacts identity, EntryFacts entry, RoleFacts role) {
        String question = identity.uid()
                + ContentHash.of(
                        who.user(),
                        String.join("\n", who.groups()),
                        entry.contentHash(),
                        role.hash(),
                        String.join(",", role.uids()));
        return Optional.ofNullable(answers.get(question)).orElseGet(() -> {
            Entitlement.Outcome outcome =
                    Entitlement.couldBind(who, entry.role(), role::rulesIn, entry.namespaces(), oracle);
            if (!(outcome instanceof Entitlement.Undecided)) {
                answers.put(question, outcome);
            }
            return outcome;
        });
    }
}
