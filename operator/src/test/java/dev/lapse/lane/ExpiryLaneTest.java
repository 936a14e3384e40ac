package dev.lapse.lane;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, unit = SECONDS)
class ExpiryLaneTest {
    private static final Instant NOW = Instant.parse("2026-11-22T10:00:00Z");
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final HandMovedClock clock = new HandMovedClock(NOW);
    private final List<String> happened = new CopyOnWriteArrayList<>();
    private final ConcurrentHashMap<String, Predicate<String>> refusals = new ConcurrentHashMap<>();
    private final Map<String, Instant> goingOn = new ConcurrentHashMap<>();
    private final ExpiryLane lane = new ExpiryLane(clock);
    private final Thing.Owner owner = new Thing.Owner() {
        @Override
        public Looked takeAway(Due due) {
            return take(due);
        }

        @Override
        public void handedOn(Thing thing) {
            happened.add("hand on " + thing.name());
        }

        @Override
        public void goesOn(Thing thing) {
            happened.add(thing.name() + " goes on");
        }
    };

    private Looked take(Due due) {
        happened.add("take " + due.uid());
        if (goingOn.containsKey(due.uid()) && clock.instant().isBefore(goingOn.get(due.uid()))) {
            return Looked.goesOn(Optional.of(goingOn.get(due.uid())));
        }
        return refusals.getOrDefault(due.uid(), uid -> true).test(due.uid()) ? Looked.GONE : Looked.FAILED;
    }

    private void schedule(String uid, Duration after) {
        lane.schedule(uid, new Thing("payments", uid, owner), NOW.plus(after));
    }

    @AfterEach
    void close() {
        lane.close();
    }

    @Test
    void takesAccessWhenItsTimeHasComeAndThenHandsOn() {
        schedule("a", Duration.ofSeconds(10));
        lane.start(2);
        lane.awaitNothingDue(LIMIT);
        assertThat(happened).isEmpty();

        clock.move(Duration.ofSeconds(10));
        lane.wake();

        await().until(() -> happened.size() == 2);
        assertThat(happened).containsExactly("take a", "hand on a");
        assertThat(lane.size()).isZero();
    }

    @Test
    void aThousandEndsAtOneInstantAreAThousandDeletionsFirst() {
        IntStream.range(0, 1000).forEach(i -> schedule("g" + i, Duration.ofSeconds(10)));
        lane.start(8);
        lane.awaitNothingDue(LIMIT);

        clock.move(Duration.ofSeconds(10));
        lane.wake();

        await().until(() -> happened.size() == 2000);
        assertThat(happened.subList(0, 1000))
                .allSatisfy(what -> assertThat(what).startsWith("take"));
    }

    @Test
    void startWaitsUntilEverythingOverdueWasTried() {
        IntStream.range(0, 50).forEach(i -> schedule("g" + i, Duration.ofSeconds(-i)));
        refusals.put("g7", uid -> false);

        lane.start(4);
        lane.awaitNothingDue(LIMIT);

        assertThat(happened).filteredOn(what -> what.startsWith("take")).hasSizeGreaterThanOrEqualTo(50);
    }

    @Test
    void startWaitsNoLongerThanItsLimitForACallThatHangs() throws InterruptedException {
        CountDownLatch release = new CountDownLatch(1);
        schedule("hangs", Duration.ZERO);
        refusals.put("hangs", uid -> awaited(release));

        lane.start(1);
        lane.awaitNothingDue(Duration.ofMillis(50));

        assertThat(happened).doesNotContain("hand on hangs");
        release.countDown();
        await().until(() -> happened.contains("hand on hangs"));
    }

    @Test
    void whatFailsInAnyWayIsTriedAgainAndTheWorkerLives() {
        schedule("a", Duration.ZERO);
        refusals.put("a", uid -> {
            long attempt = happened.stream().filter("take a"::equals).count();
            if (attempt == 1) {
                throw new IllegalStateException("the API server was away");
            }
            if (attempt == 2) {
                throw new AssertionError("worse than an exception");
            }
            return attempt > 3;
        });
        lane.start(1);
        lane.awaitNothingDue(LIMIT);

        await().until(() -> {
            clock.move(Duration.ofSeconds(5));
            lane.wake();
            return Collections.frequency(happened, "hand on a") == 2;
        });

        // The account and the Secret need not wait for a binding that cannot be removed.
        assertThat(happened).containsSubsequence("take a", "hand on a", "take a", "take a", "take a", "hand on a");
    }

    @Test
    void whatMayEndAGrantIsLookedAtAtOnceAndItsEndStays() {
        goingOn.put("a", NOW.plusSeconds(10));
        schedule("a", Duration.ofSeconds(10));
        lane.start(1);
        lane.awaitNothingDue(LIMIT);

        lane.suspect("a", new Thing("payments", "a", owner));
        await().until(() -> happened.contains("a goes on"));

        assertThat(happened).containsExactly("take a", "a goes on");
        clock.move(Duration.ofSeconds(10));
        lane.wake();
        await().until(() -> happened.contains("hand on a"));
    }

    /** Whoever finds it out tells; until then no pass is made, which would only wait for the same answer. */
    @Test
    void tellsNobodyOfWhatIsFoundOutElsewhereAndKeepsItsEnd() {
        ExpiryLane asking = new ExpiryLane(clock);
        Thing.Owner elsewhere = new Thing.Owner() {
            @Override
            public Looked takeAway(Due due) {
                happened.add("take " + due.uid());
                Instant end = NOW.plusSeconds(10);
                return clock.instant().isBefore(end) ? Looked.askedElsewhere(Optional.of(end)) : Looked.GONE;
            }

            @Override
            public void handedOn(Thing thing) {
                happened.add("hand on");
            }

            @Override
            public void goesOn(Thing thing) {
                happened.add("goes on");
            }
        };
        asking.suspect("a", new Thing("payments", "a", elsewhere));
        asking.start(1);
        asking.awaitNothingDue(LIMIT);

        clock.move(Duration.ofSeconds(10));
        asking.wake();
        await().until(() -> happened.contains("hand on"));

        assertThat(happened).containsExactly("take a", "take a", "hand on");
        asking.close();
    }

    @Test
    void aWorkerLivesOnWhenHandingOnFails() {
        Thing.Owner failing = new Thing.Owner() {
            @Override
            public Looked takeAway(Due due) {
                return take(due);
            }

            @Override
            public void handedOn(Thing thing) {
                throw new IllegalStateException("nobody listens");
            }
        };
        ExpiryLane brittle = new ExpiryLane(clock);
        brittle.schedule("a", new Thing("payments", "a", failing), NOW);
        brittle.start(1);
        brittle.awaitNothingDue(LIMIT);
        brittle.schedule("b", new Thing("payments", "b", failing), NOW);

        await().until(() -> happened.contains("take b"));

        brittle.close();
    }

    @Test
    void whatIsForgottenIsLeftAlone() {
        schedule("a", Duration.ofSeconds(10));
        schedule("b", Duration.ofSeconds(10));
        lane.start(1);
        lane.awaitNothingDue(LIMIT);

        lane.forget("a");
        clock.move(Duration.ofSeconds(10));
        lane.wake();

        await().until(() -> happened.contains("hand on b"));
        assertThat(happened).containsExactly("take b", "hand on b");
    }

    @Test
    void aClosedLaneTakesNothingMore() throws InterruptedException {
        Set<Thread> ofOthers = Thread.getAllStackTraces().keySet();
        lane.start(2);
        lane.awaitNothingDue(LIMIT);
        List<Thread> workers = Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("expiry-") && !ofOthers.contains(thread))
                .toList();
        assertThat(workers).isNotEmpty();

        lane.close();

        for (Thread worker : workers) {
            worker.join(10_000);
            assertThat(worker.isAlive()).isFalse();
        }
        schedule("a", Duration.ZERO);
        assertThat(happened).isEmpty();
    }

    private static boolean awaited(CountDownLatch latch) {
        try {
            return latch.await(30, SECONDS);
        } catch (InterruptedException interrupted) {
            return false;
        }
    }
}
