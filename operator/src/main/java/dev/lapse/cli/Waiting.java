package dev.lapse.cli;

import dev.lapse.api.v1alpha1.PeoplesText;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** Looks again and again until something is so, and tells in one line how it stands. */
final class Waiting {
    private static final Duration FIRST_PAUSE = Duration.ofMillis(150);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(2);

    private final InstantSource clock;
    private final PrintWriter progress;
    private String told = "";

    Waiting(InstantSource clock, PrintWriter progress) {
        this.clock = clock;
        this.progress = progress;
    }

    /**
     * What was last seen, whether or not it was done by then.
     *
     * @param how it stands, for people
     */
    <T> T until(Duration timeout, Supplier<T> look, Predicate<T> done, Function<T, String> how) {
        Instant end = clock.instant().plus(timeout);
        Duration pause = FIRST_PAUSE;
        T seen = look.get();
        while (!done.test(seen) && clock.instant().isBefore(end)) {
            tell(how.apply(seen));
            rest(pause);
            pause = pause.multipliedBy(3).dividedBy(2);
            pause = pause.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause;
            seen = look.get();
        }
        return seen;
    }

    /** Only what is new: a log is read line by line. */
    private void tell(String line) {
        if (!line.equals(told)) {
            progress.println(PeoplesText.oneLine(line));
            progress.flush();
            told = line;
        }
    }

    /** Nobody gives the permit. */
    private static void rest(Duration pause) {
        try {
            new Semaphore(0).tryAcquire(pause.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw Failure.because("interrupted");
        }
    }
}
