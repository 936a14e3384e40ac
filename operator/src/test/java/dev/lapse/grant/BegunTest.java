package dev.lapse.grant;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lapse.grant.Begun.Beside;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What has begun counts at once, and once, however far behind the index of live grants is. */
class BegunTest {
    private static final List<String> NOTHING_YET = List.of();

    private final Begun begun = new Begun();

    @Test
    void whatTheIndexDoesNotShowYetCountsAllTheSame() {
        IntStream.range(0, 7).forEach(i -> begun.add(request("g" + i, "payments", "ci")));
        begun.add(request("h", "payments", "robot"));
        begun.add(request("o", "orders", "ci"));

        assertThat(begun.beside(request("next", "payments", "ci"), () -> NOTHING_YET))
                .isEqualTo(new Beside(7, 8));
        assertThat(begun.beside(request("next", "orders", "robot"), () -> NOTHING_YET))
                .isEqualTo(new Beside(0, 1));
    }

    @Test
    void whatTheIndexShowsCountsOnce() {
        begun.add(request("a", "payments", "ci"));
        begun.add(request("b", "payments", "ci"));

        assertThat(begun.beside(request("next", "payments", "ci"), () -> List.of("a")))
                .isEqualTo(new Beside(1, 1));
        assertThat(begun.beside(request("next", "payments", "ci"), () -> List.of("a", "b")))
                .isEqualTo(new Beside(0, 0));
    }

    @Test
    void whatHasEndedCountsNoMore() {
        begun.add(request("a", "payments", "ci"));

        begun.forget("a");

        assertThat(begun.beside(request("next", "payments", "ci"), () -> NOTHING_YET))
                .isEqualTo(new Beside(0, 0));
    }

    /** As many objects as settings allow are not gone through for nothing. */
    @Test
    void theIndexIsLeftAloneWhereNothingHasJustBegun() {
        begun.add(request("o", "orders", "ci"));

        assertThat(begun.beside(request("next", "payments", "ci"), () -> {
                    throw new AssertionError("nobody needs it");
                }))
                .isEqualTo(new Beside(0, 0));
    }

    private static GrantRequest request(String uid, String namespace, String identity) {
        return Scene.inOrder()
                .grantMetadata("uid", uid)
                .grantMetadata("namespace", namespace)
                .grant("identityRef", "{name: " + identity + "}")
                .request();
    }
}
