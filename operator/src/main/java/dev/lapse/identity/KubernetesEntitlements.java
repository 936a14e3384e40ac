package dev.lapse.identity;

import dev.lapse.access.AccessOracle;
import dev.lapse.access.Author;
import dev.lapse.access.ContentHash;
import dev.lapse.access.Entitlement;
import dev.lapse.access.OperatorReach;
import dev.lapse.api.v1alpha1.PrincipalType;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Asks whether the author of an entry could bind its role, and asks again only when entry or role changed: the answers are
 * shown in status and decide nothing, an activation asks for itself.
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
     * Whose word an entry rests on: its author's, or of whoever vouched for it; while nobody has, only the operator's own
     * reach is asked. What administrators let the operator give changes without a word, so that answer is not remembered.
     *
     * @param vouching of an entry beyond the limits of its applier
     */
    Entitlement.Outcome of(IdentityFacts identity, EntryFacts entry, RoleFacts role, Optional<Vouching> vouching) {
        Entitlement.Outcome outcome = vouching.isEmpty()
                ? couldBind(Author.of(entry.author().orElseThrow(), entry.authorGroups()), identity, entry, role)
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

    /** An activation learned otherwise: what is remembered of this identity is not said again. */
    void forget(String identityUid) {
        synchronized (answers) {
            answers.keySet().removeIf(question -> question.startsWith(identityUid));
        }
    }

    private Entitlement.Outcome couldBind(Author who, IdentityFacts identity, EntryFacts entry, RoleFacts role) {
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
