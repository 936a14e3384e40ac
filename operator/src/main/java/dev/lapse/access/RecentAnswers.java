package dev.lapse.access;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Keeps answers for a moment, so that the ends of many grants of one account ask the API server once. An answer is
 * used only for ends that came before its question.
 */
public final class RecentAnswers {
    static final Duration MOMENT = Duration.ofMillis(900);
    private static final int MOST = 10_000;

    private record Question(UserInfo who, Permission what, Optional<String> namespace) {}

    private record Answered(AccessOracle.Answer answer, Instant askedAt) {}

    private final AccessOracle oracle;
    private final InstantSource clock;
    private final Map<Question, Answered> recent = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Question, Answered> eldest) {
            return size() > MOST;
        }
    };

    public RecentAnswers(AccessOracle oracle, InstantSource clock) {
        this.oracle = oracle;
        this.clock = clock;
    }

    /** @param earliest answers to questions from before this instant are not used */
    public AccessOracle since(Instant earliest) {
        return (who, what, namespace) -> {
            Question question = new Question(who, what, namespace);
            Instant now = clock.instant();
            Answered known = known(question);
            if (known != null
                    && !known.askedAt().isBefore(earliest)
                    && now.isBefore(known.askedAt().plus(MOMENT))) {
                return known.answer();
            }
            AccessOracle.Answer answer = oracle.ask(who, what, namespace);
            keep(question, new Answered(answer, now));
            return answer;
        };
    }

    private synchronized @Nullable Answered known(Question question) {
        return recent.get(question);
    }

    private synchronized void keep(Question question, Answered answered) {
        recent.remove(question);
        if (answered.answer().verdict() != AccessOracle.Verdict.Unknown) {
            recent.put(question, answered);
        }
    }
}
