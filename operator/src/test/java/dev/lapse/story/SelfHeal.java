package dev.lapse.story;

import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** What a GitOps tool does with objects that are gone: it applies them again, as long as it takes. */
final class SelfHeal implements AutoCloseable {
    private static final Duration EVERY = Duration.ofMillis(50);

    private final ScheduledExecutorService loop = Executors.newSingleThreadScheduledExecutor();
    private final List<String> failures = new CopyOnWriteArrayList<>();

    private SelfHeal() {}

    /** @param objects each creates one object, which mostly exists already */
    static SelfHeal of(List<Supplier<Caller.Answer>> objects) {
        SelfHeal heal = new SelfHeal();
        heal.loop.scheduleWithFixedDelay(
                () -> objects.forEach(object -> {
                    Caller.Answer answer = object.get();
                    if (!answer.passed() && answer.code() != 409) {
                        heal.failures.add(answer.body());
                    }
                }),
                0,
                EVERY.toMillis(),
                TimeUnit.MILLISECONDS);
        return heal;
    }

    /** What it was not allowed. */
    List<String> failures() {
        return failures;
    }

    @Override
    public void close() {
        loop.shutdown();
        await().atMost(InstalledOperator.LIMIT).until(loop::isTerminated);
    }
}
