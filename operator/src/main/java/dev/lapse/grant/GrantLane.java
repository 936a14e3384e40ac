package dev.lapse.grant;

import dev.lapse.lane.Access;
import dev.lapse.lane.Due;
import dev.lapse.lane.ExpiryLane;
import dev.lapse.lane.Looked;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.function.Consumer;
import java.util.function.Function;

/** The access of grants in a lane, each known by its grant. */
final class GrantLane {
    private final ExpiryLane lane;
    private final Function<GrantDue, Looked> takeAccess;
    private final Consumer<GrantKey> handOn;
    private final Consumer<GrantKey> goesOn;

    /**
     * @param takeAccess takes away what gives access, if it is over; an exception means it is to be tried again
     * @param handOn is told of each grant whose access is gone, or could not be taken away at the first attempt
     * @param goesOn is told of each grant that was looked at and is not over
     */
    GrantLane(
            ExpiryLane lane,
            Function<GrantDue, Looked> takeAccess,
            Consumer<GrantKey> handOn,
            Consumer<GrantKey> goesOn) {
        this.lane = lane;
        this.takeAccess = takeAccess;
        this.handOn = handOn;
        this.goesOn = goesOn;
    }

    /** What a grant gives. */
    private record OfGrant(GrantKey grant, GrantLane lane) implements Access {
        @Override
        public String namespace() {
            return grant.namespace();
        }

        @Override
        public Looked takeAway(Due due) {
            return lane.takeAccess.apply(new GrantDue(due.end(), due.uid(), grant, due.attempts()));
        }

        @Override
        public void handedOn() {
            lane.handOn.accept(grant);
        }

        @Override
        public void goesOn() {
            lane.goesOn.accept(grant);
        }

        @Override
        public String toString() {
            return "grant " + grant;
        }
    }

    private Access of(GrantKey grant) {
        return new OfGrant(grant, this);
    }

    /** The grant is looked at when it ends, at {@code at}, or earlier; at once if that is over. */
    void schedule(String uid, GrantKey grant, Instant at) {
        lane.schedule(uid, of(grant), at);
    }

    /** Something is known from now on that may end the grant: it is looked at before anything else is done. */
    void suspect(String uid, GrantKey grant) {
        lane.suspect(uid, of(grant));
    }

    /** For lists of what to schedule at start. */
    void scheduleAll(Collection<GrantDue> all) {
        lane.scheduleAll(all.stream()
                .map(due -> Due.of(due.end(), due.uid(), of(due.grant())))
                .toList());
    }

    /** Starts the workers, once. */
    void start(int threads) {
        lane.start(threads);
    }

    /** Waits until everything that is overdue was tried once. */
    void awaitNothingDue(Duration limit) {
        lane.awaitNothingDue(limit);
    }

    /** The grant has ended. */
    void forget(String uid) {
        lane.forget(uid);
    }

    /** Whether the lane is at the grant's access, for the first time, so that the grant will be handed on without being asked. */
    boolean takes(String uid, GrantKey grant) {
        return lane.takes(uid, of(grant));
    }

    /** Whether the lane is at the grant's access, for the first time: what gives it is about to go. */
    boolean isTaken(String uid) {
        return lane.isTaken(uid);
    }
}
