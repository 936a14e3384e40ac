package dev.lapse.guard;

import dev.lapse.api.v1alpha1.Proof;
import dev.lapse.guard.NameProof.Answer;
import dev.lapse.guard.NameProof.Recorded;
import dev.lapse.guard.NameProof.RecordedEntry;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/**
 * One identity with one entry in a cluster whose guard falls and stands up again at random, as the API servers, a
 * forger and the operator live through it. A forger gets through while the guard is down and, on an API server that is
 * late, until it has settled.
 */
final class GuardHistory {
    private static final Duration SETTLE = Duration.ofSeconds(30);
    private static final String NAME = "look";

    private final Random random;
    private Instant now = Instant.parse("2026-11-22T12:00:00Z");
    private final Instant created;

    private boolean standing;
    private int epoch;
    private Instant firstRefusal = Instant.MAX;
    private boolean operatorSeesGuard = true;

    private int content;
    private boolean forged;
    private long generation = 1;

    private Recorded recorded = Recorded.NOTHING;
    private Answer answer = Answer.UNKNOWN;

    GuardHistory(Random random) {
        this.random = random;
        if (random.nextBoolean()) {
            standUp();
            pass(random.nextInt(60));
        }
        created = now;
        forged = !refusesForgery() && random.nextBoolean();
    }

    void step() {
        pass(random.nextInt(20));
        switch (random.nextInt(8)) {
            case 0 -> {
                standing = false;
                firstRefusal = Instant.MAX;
            }
            case 1, 2 -> standUp();
            // The look at the guard failed, or succeeded again: the guard itself is as it was.
            case 3 -> operatorSeesGuard = !operatorSeesGuard;
            case 4 -> write(false);
            case 5 -> write(true);
            // An innocent edit of another field.
            case 6 -> generation++;
            default -> look();
        }
    }

    boolean takenForProved() {
        return answer == Answer.PROVED;
    }

    boolean forged() {
        return forged;
    }

    @Override
    public String toString() {
        return "at %s, epoch %d since %s, content %d, generation %d, recorded %s"
                .formatted(now, epoch, firstRefusal, content, generation, recorded);
    }

    private void pass(int seconds) {
        now = now.plusSeconds(seconds);
    }

    private void standUp() {
        if (!standing) {
            standing = true;
            epoch++;
            firstRefusal = now;
        }
    }

    private void write(boolean forge) {
        if (forge && refusesForgery()) {
            return;
        }
        content++;
        generation++;
        forged = forge;
        // What the operator decided was about the content it saw.
        answer = Answer.UNKNOWN;
    }

    private boolean refusesForgery() {
        return standing && !now.isBefore(firstRefusal.plus(SETTLE));
    }

    private void look() {
        GuardState guard = standing && operatorSeesGuard
                ? GuardState.ready("e" + epoch, firstRefusal, SETTLE)
                : GuardState.notReady("it is down");
        String hash = "content " + content;
        answer = NameProof.entries(guard, recorded, created, Map.of(NAME, hash), now)
                .getOrDefault(NAME, Answer.UNKNOWN);
        Optional<Proof> proof = NameProof.next(guard, recorded.proof(), generation, now);
        Map<String, RecordedEntry> entries = new HashMap<>();
        if (answer != Answer.UNKNOWN) {
            entries.put(NAME, new RecordedEntry(hash, answer == Answer.PROVED));
        }
        recorded = new Recorded(proof, entries);
    }
}
