package dev.lapse.cli;

import dev.lapse.api.v1alpha1.GrantPhase;
import dev.lapse.api.v1alpha1.PeoplesText;
import dev.lapse.api.v1alpha1.PrivilegeGrant;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Ends the grants of logins: first every one of them is revoked, then their ends are waited for, so that what goes wrong with
 * one leaves none of the others active. A login is forgotten once its end was seen.
 */
final class Logout {
    private final KubernetesSession session;
    private final Logins logins;
    private final InstantSource clock;
    private final PrintWriter out;
    private final PrintWriter err;
    private ExitCode exit = ExitCode.DONE;

    Logout(KubernetesSession session, Logins logins, InstantSource clock, PrintWriter out, PrintWriter err) {
        this.session = session;
        this.logins = logins;
        this.clock = clock;
        this.out = out;
        this.err = err;
    }

    /** @param timeout how long all of them may take to end */
    ExitCode end(List<Login> those, Duration timeout) {
        Map<Login, PrivilegeGrant> ending = new LinkedHashMap<>();
        for (Login login : those) {
            attempt(login, () -> revoked(login).ifPresent(grant -> ending.put(login, grant)));
        }
        Instant latest = clock.instant().plus(timeout);
        ending.forEach((login, grant) -> attempt(login, () -> awaitEnd(login, grant, latest)));
        return exit;
    }

    private void attempt(Login login, Runnable step) {
        try {
            step.run();
        } catch (Failure failure) {
            err.println("error: "
                    + PeoplesText.oneLine("PrivilegeGrant " + login.grant() + " in namespace " + login.namespace()
                            + ": " + failure.text()));
            exit = exit == ExitCode.FAILED ? exit : failure.exit();
        }
    }

    /** Nothing if there is nothing left to end. */
    private Optional<PrivilegeGrant> revoked(Login login) {
        KubernetesSession there = session.in(login.namespace());
        Optional<PrivilegeGrant> found = there.grant(login.grant())
                .filter(grant -> grant.getMetadata().getUid().equals(login.uid()));
        if (found.isEmpty()) {
            done(login, Output.name("PrivilegeGrant", login.grant()) + " is gone");
            return found;
        }
        PrivilegeGrant grant = found.get();
        boolean over = GrantWait.phase(grant).filter(GrantPhase::ended).isPresent();
        if (!over && !Boolean.TRUE.equals(grant.getSpec().revoked())) {
            Revocation revocation = new Revocation(there);
            return Optional.of(revocation.write(grant, revocation.patch(grant, "logout"), false));
        }
        return found;
    }

    private void awaitEnd(Login login, PrivilegeGrant grant, Instant latest) {
        Duration left = Duration.between(clock.instant(), latest);
        PrivilegeGrant ended = new GrantWait(session.in(login.namespace()), new Waiting(clock, err))
                .untilEnded(grant, left.isNegative() ? Duration.ZERO : left);
        done(login, Output.name(ended) + " " + Revocation.told(ended));
    }

    private void done(Login login, String sentence) {
        out.println(PeoplesText.oneLine(sentence));
        logins.forget(login);
    }
}
