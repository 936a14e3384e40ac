package dev.lapse.cli;

import static dev.lapse.cli.GivenObjects.grant;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lapse.api.v1alpha1.PrivilegeGrant;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogoutTest {
    private static final String REVOKED =
            "{phase: Revoked, end: {cause: Revoked, by: ada, message: 'revoked by ada: logout', effectiveAt: 2026-12-01T08:00:00Z, residual: []}}";

    @TempDir
    Path cache;

    private final GivenServer server = new GivenServer();
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private Logins logins;

    @BeforeEach
    void nobodyIsLoggedIn() {
        logins = new Logins(cache);
    }

    @AfterEach
    void nothingIsServed() {
        server.close();
    }

    @Test
    void whatCannotBeEndedKeepsNoOtherFromBeingEnded() {
        server.refusingToPatch(active("a")).with(active("b")).with(active("c"), before -> named("c", grant(REVOKED)));
        List<Login> all = List.of(login("a"), login("b"), login("c"));

        ExitCode exit = logout(all);

        assertThat(server.patched()).containsExactlyInAnyOrder("b", "c");
        assertThat(out.toString())
                .isEqualTo(
                        "privilegegrant.lapse.dev/c is Revoked, revoked by ada: logout; its access ended at 2026-12-01T08:00:00Z\n");
        assertThat(err.toString())
                .contains("error: PrivilegeGrant a in namespace payments-ci: ada may not")
                .contains("error: PrivilegeGrant b in namespace payments-ci: after 0s not ended yet");
        assertThat(exit).isEqualTo(ExitCode.FAILED);
        assertThat(logins.all()).extracting(Login::grant).containsExactlyInAnyOrder("a", "b");
    }

    @Test
    void whatIsGoneIsForgotten() {
        ExitCode exit = logout(List.of(login("a")));

        assertThat(exit).isEqualTo(ExitCode.DONE);
        assertThat(out.toString()).isEqualTo("privilegegrant.lapse.dev/a is gone\n");
        assertThat(logins.all()).isEmpty();
    }

    private ExitCode logout(List<Login> those) {
        those.forEach(logins::remember);
        try (KubernetesSession session = server.session("elsewhere")) {
            return new Logout(
                            session,
                            logins,
                            InstantSource.system(),
                            new PrintWriter(out, true),
                            new PrintWriter(err, true))
                    .end(those, Duration.ZERO);
        }
    }

    private static Login login(String name) {
        return new Login(
                "https://k",
                "payments-ci",
                "ci",
                name,
                "",
                name,
                active(name).getMetadata().getUid());
    }

    private static PrivilegeGrant active(String name) {
        return named(name, grant("{phase: Active}"));
    }

    private static PrivilegeGrant named(String name, PrivilegeGrant grant) {
        grant.getMetadata().setName(name);
        return grant;
    }
}
