package dev.lapse.fault;

import dev.lapse.fault.FaultProxy.Call;
import dev.lapse.fault.FaultProxy.Fate;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;

/**
 * Stops the operator after the n-th write of each life, with another n for each: the n-th is carried out, nobody hears
 * of it, and nothing after it goes through. So one {@code kill -9} is a kill after every single write.
 */
final class Quotas implements FaultProxy.Rule {
    /** One grant, alone in its namespace, and how many of its writes are to be carried out. */
    static final class Life {
        final String namespace;
        final Shape shape;
        final int writes;
        private final AtomicInteger seen = new AtomicInteger();
        private volatile String uid = "not created yet";
        private volatile boolean reached;
        private volatile Instant lastWrite = Instant.MIN;

        Life(String namespace, Shape shape, int writes) {
            this.namespace = namespace;
            this.shape = shape;
            this.writes = writes;
        }

        void born(String grantUid) {
            uid = grantUid;
        }

        String uid() {
            return uid;
        }

        /** Whether the last write that is let through was carried out. */
        boolean reached() {
            return reached;
        }

        /** Whether there is nothing more to write. */
        boolean quiet() {
            return !reached && lastWrite.plus(Duration.ofSeconds(2)).isBefore(Instant.now());
        }

        void beginAnew() {
            seen.set(0);
            reached = false;
            lastWrite = Instant.now();
        }

        private boolean owns(Call call) {
            return call.path().contains("/" + namespace + "/")
                    || call.path().contains(uid)
                    || call.body().contains(uid);
        }

        @Override
        public String toString() {
            return shape + ", killed after write " + writes;
        }
    }

    private final Collection<Life> lives;
    private final Predicate<Call> first;

    private Quotas(Collection<Life> lives, Predicate<Call> first) {
        this.lives = lives;
        this.first = first;
        lives.forEach(Life::beginAnew);
    }

    static Quotas fromNowOn(Collection<Life> lives) {
        return new Quotas(lives, call -> true);
    }

    /** The writes of an end are counted, however far a life has come until then. */
    static Quotas fromTheFirstDeletion(Collection<Life> lives) {
        return new Quotas(lives, call -> call.method().equals("DELETE"));
    }

    @Override
    public Fate on(Call call) {
        return call.write()
                ? lives.stream()
                        .filter(life -> life.owns(call))
                        .findFirst()
                        .map(life -> fate(life, call))
                        .orElse(Fate.PASS)
                : Fate.PASS;
    }

    private Fate fate(Life life, Call call) {
        if (life.seen.get() == 0 && !first.test(call)) {
            return Fate.PASS;
        }
        int number = life.seen.incrementAndGet();
        if (number > life.writes) {
            return Fate.HOLD;
        }
        life.lastWrite = Instant.now();
        if (number < life.writes) {
            return Fate.PASS;
        }
        return (request, proxy) -> {
            proxy.forward(request);
            life.reached = true;
            proxy.awaitLettingGo();
            return null;
        };
    }
}
