package dev.lapse.fault;

import dev.lapse.fault.FaultProxy.Call;
import dev.lapse.fault.FaultProxy.Fate;
import java.util.Collection;
import java.util.function.Predicate;

/**
 * Stops the operator after the n-th write of each life, with another n for each: the n-th is carried out, nobody hears
 * of it, and nothing after it goes through. So one {@code kill -9} is a kill after every single write.
 */
final class Quotas implements FaultProxy.Rule {
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
        if (!life.begun() && !first.test(call)) {
            return Fate.PASS;
        }
        int number = life.next();
        if (number > life.writes()) {
            return Fate.HOLD;
        }
        if (number < life.writes()) {
            return Fate.PASS;
        }
        return (request, proxy) -> {
            proxy.forward(request);
            life.reach();
            proxy.awaitLettingGo();
            return null;
        };
    }
}
