package dev.lapse.grant.end;

import dev.lapse.api.v1alpha1.EndCause;
import dev.lapse.api.v1alpha1.PrivilegeGrant;
import dev.lapse.api.v1alpha1.PrivilegeGrantStatus.GrantObject;
import dev.lapse.api.v1alpha1.PrivilegeGrantStatus.ObjectState;
import dev.lapse.grant.Ending;
import dev.lapse.grant.GrantDue;
import dev.lapse.grant.GrantFacts;
import dev.lapse.grant.GrantRecord;
import dev.lapse.grant.GrantRequest;
import dev.lapse.grant.ObservedObject;
import dev.lapse.lane.Looked;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The lane's one task: looks whether a grant is over, from what the informers show and without a request, and if it is,
 * takes away what gives access and remembers why, since when, and when the last of it went.
 *
 * <p>What the rules of a grant's role say comes last. Where they are not known, the API server has to be asked, and others
 * do that: it may refuse, or take its time, and no end for another cause waits for it.
 */
public final class AccessRemoval {
    private static final Logger LOG = LoggerFactory.getLogger(AccessRemoval.class);

    /** Deletes an object that a grant made, by its UID or, where that is not known, as it is found. */
    @FunctionalInterface
    public interface Remover {
        /** @return whether it is gone */
        boolean remove(GrantRequest request, GrantObject object, Optional<String> uid);
    }

    private final Function<GrantDue, Optional<PrivilegeGrant>> grants;
    private final Predicate<PrivilegeGrant> gone;
    private final BooleanSupplier everythingKnown;
    private final GrantReader reader;
    private final Remover remover;
    private final InstantSource clock;
    private final EndingNotes notes;
    private final Consumer<GrantDue> askForRules;
    private final Consumer<GrantDue> lookAgain;

    /**
     * @param grants the grant of a UID, also one whose object is gone while it still gave access
     * @param gone whether the object is gone
     * @param everythingKnown whether the informers show all that a grant depends on; until then only what the grant itself
     *     says ends it: what is not listed yet must not be taken for gone
     * @param askForRules is told of each grant whose end hangs on rules that are not known
     * @param lookAgain is told of each grant that ends for the rules of its role
     */
    public AccessRemoval(
            Function<GrantDue, Optional<PrivilegeGrant>> grants,
            Predicate<PrivilegeGrant> gone,
            BooleanSupplier everythingKnown,
            GrantReader reader,
            Remover remover,
            InstantSource clock,
            EndingNotes notes,
            Consumer<GrantDue> askForRules,
            Consumer<GrantDue> lookAgain) {
        this.grants = grants;
        this.gone = gone;
        this.everythingKnown = everythingKnown;
        this.reader = reader;
        this.remover = remover;
        this.clock = clock;
        this.notes = notes;
        this.askForRules = askForRules;
        this.lookAgain = lookAgain;
    }

    /** An exception means that the access of a grant that is over could not be taken away yet. */
    public Looked look(GrantDue due) {
        Optional<PrivilegeGrant> found = grants.apply(due);
        if (found.isEmpty()) {
            return Looked.GONE;
        }
        PrivilegeGrant grant = found.get();
        Instant now = clock.instant();
        GrantRequest request = reader.request(grant, gone.test(grant));
        GrantRecord record = reader.record(grant, now);
        if (record.phase().ended()) {
            // Another cause was found while it ended.
            notes.forget(due.uid());
            return Looked.goesOn(Optional.empty());
        }
        Optional<Ending> ending = Endings.ofItself(request, record, reader.guard(), now);
        Optional<Instant> atTheLatest = record.expiresAt();
        if (ending.isEmpty() && everythingKnown.getAsBoolean()) {
            GrantFacts facts = reader.outline(grant, gone.test(grant), now);
            ending = Endings.toldByInformers(facts, now);
            atTheLatest = Endings.atTheLatest(facts, now);
            if (ending.isEmpty() && record.announced()) {
                if (!facts.role().read()) {
                    askForRules.accept(due);
                    return Looked.askedElsewhere(atTheLatest);
                }
                ending = Endings.toldByRules(facts, now);
            }
        }
        boolean access = record.announced()
                || ending.filter(cause -> cause.cause() == EndCause.StatusForged)
                        .isPresent();
        if (ending.isEmpty() || !access) {
            return Looked.goesOn(atTheLatest);
        }
        notes.ends(due.uid(), ending.get().dueSince(now, due.end()));
        if (takeAway(request, record)) {
            notes.bindingsGone(due.uid(), clock.instant());
        }
        return Looked.GONE;
    }

    /** Reads the rules of a grant's role and finds out whether they end it; the lane then takes its access away. */
    public Looked judgeByRules(GrantDue due) {
        try {
            return judged(due);
        } catch (RuntimeException unread) {
            LOG.atWarn()
                    .addKeyValue("grant", due.grant())
                    .addKeyValue("attempt", due.attempts() + 1)
                    .addKeyValue("error", unread.getMessage())
                    .log("the rules of a grant's role could not be read, they are asked for again");
            return Looked.FAILED;
        }
    }

    private Looked judged(GrantDue due) {
        Optional<PrivilegeGrant> found = grants.apply(due);
        if (found.isEmpty() || !everythingKnown.getAsBoolean()) {
            return Looked.GONE;
        }
        Instant now = clock.instant();
        GrantFacts facts = reader.outline(found.get(), gone.test(found.get()), now);
        if (facts.record().phase().ended() || facts.record().end().isPresent()) {
            return Looked.GONE;
        }
        Optional<Ending> ending = Endings.first(facts.withRole(reader.rules(facts)), now);
        // It may have taken long, and the informers may have been given up meanwhile.
        if (!everythingKnown.getAsBoolean()) {
            return Looked.GONE;
        }
        if (ending.isEmpty()) {
            return Looked.goesOn(Optional.empty());
        }
        notes.ends(due.uid(), ending.get().dueSince(now, due.end()));
        lookAgain.accept(due);
        return Looked.GONE;
    }

    /** @return whether there was anything to take, that is not gone since an earlier look */
    private boolean takeAway(GrantRequest request, GrantRecord record) {
        // Where the informers do not show what is there, every look takes away what the record names.
        boolean taken = everythingKnown.getAsBoolean()
                && notes.bindingsGoneAt(request.uid()).isPresent();
        boolean any = !taken;
        RuntimeException refused = null;
        for (GrantObject object : record.objects()) {
            if (object.kind().binding() && object.state() != ObjectState.Gone) {
                try {
                    ObservedObject observed = reader.look(request, record, object);
                    // The watch may tell of our own deletion before its answer is here, so that the lane looks again.
                    if (!taken || observed.found() != ObservedObject.Found.Absent) {
                        any = true;
                        remove(request, observed);
                    }
                } catch (RuntimeException failed) {
                    // One that cannot be removed keeps none of the others.
                    refused = failed;
                }
            }
        }
        if (refused != null) {
            throw refused;
        }
        return any;
    }

    private void remove(GrantRequest request, ObservedObject binding) {
        // The informer may be behind: what it does not show is removed all the same, by UID or, without one, as found.
        if (!binding.neverOurs()) {
            remover.remove(request, binding.object(), binding.ownUid());
        }
    }
}
