package dev.lapse.grant;

import static dev.lapse.grant.Scene.GRANT_UID;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lapse.access.Entitlement;
import dev.lapse.api.v1alpha1.Condition.ConditionStatus;
import dev.lapse.api.v1alpha1.GrantPhase;
import dev.lapse.api.v1alpha1.PrivilegeGrantStatus;
import dev.lapse.condition.ConditionType;
import dev.lapse.grant.GrantAction.Bind;
import dev.lapse.grant.GrantAction.CreateAccount;
import dev.lapse.grant.GrantAction.DeliverToken;
import dev.lapse.grant.GrantAction.IssueToken;
import dev.lapse.grant.GrantAction.ReserveSecret;
import dev.lapse.grant.GrantAction.WriteStatus;
import dev.lapse.guard.GuardState;
import dev.lapse.identity.IdentityFacts;
import dev.lapse.identity.RoleFacts;
import dev.lapse.memory.Claim;
import dev.lapse.memory.Recollection;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What holds in every life of a grant, whatever happens in it. */
class GrantLawsTest {
    private static final int BATCHES = 30;
    private static final int HISTORIES = Integer.getInteger("lapse.histories", 50);
    private static final int MOST_EVENTS = 25;
    private static final Duration LONG_PAST_EVERYTHING = Duration.ofDays(2);

    private static long[] seeds() {
        return new SplittableRandom(20261102).longs(BATCHES).toArray();
    }

    /** Each batch is many histories; a failure names the one history's own seed and what happened in it. */
    @ParameterizedTest
    @MethodSource("seeds")
    void holdInEveryHistory(long batch) {
        SplittableRandom seeds = new SplittableRandom(batch);
        for (int i = 0; i < HISTORIES; i++) {
            GrantHistory history = new GrantHistory(seeds.nextLong());
            try {
                new Observed(history).play();
            } catch (AssertionError | RuntimeException broken) {
                throw new AssertionError(
                        broken.getMessage() + "\nin the history " + history.told + "\nwith the writes "
                                + history.life.cluster.writes,
                        broken);
            }
        }
    }

    /** One history, looked at after every pass. */
    private static final class Observed {
        private final GrantHistory history;
        private final GrantLife life;

        @Nullable
        private Instant announced;

        @Nullable
        private GrantPhase ended;

        Observed(GrantHistory history) {
            this.history = history;
            life = history.life;
        }

        void play() {
            for (int i = 0; i < MOST_EVENTS; i++) {
                history.something();
                losingAFactNeverGrantsMore();
                int before = life.cluster.writes.size();
                boolean settled = life.pass();
                history.told.add(settled ? "pass: " + life.phase() : "pass, cut off");
                bindingsGoBeforeWhatCarriesTheToken(before);
                whatIsAnnouncedStays();
                nothingIsMadeUnannounced();
                nothingIsTakenThatIsNotOwed();
                noClaimIsHeldOrLetGoUnremembered();
                accessIsNeverToldGoneWhileItIsLeft();
                if (settled) {
                    // A pass that was cut off may leave one without; the next takes away what carries it.
                    life.everyLiveTokenIsOnRecord();
                    settledFactsAreSettled();
                }
            }
            atTheEndNothingIsLeft();
        }

        private void settledFactsAreSettled() {
            GrantPass.Settled last = life.last();
            assertThat(GrantPolicy.decide(last.facts(), life.now).next())
                    .as("deciding again on settled facts")
                    .isEmpty();
            if (last.decision().phase() == GrantPhase.Active) {
                assertThat(last.decision().lookAgainAt().orElseThrow()).isBeforeOrEqualTo(life.expiresAt());
                assertThat(life.now).isBefore(life.expiresAt());
            }
            if (last.decision().phase().ended()) {
                assertThat(last.facts().record().objects())
                        .allSatisfy(
                                object -> assertThat(object.state()).isEqualTo(PrivilegeGrantStatus.ObjectState.Gone));
            }
        }

        private void whatIsAnnouncedStays() {
            PrivilegeGrantStatus status = life.cluster.status;
            if (status == null) {
                return;
            }
            if (announced != null) {
                assertThat(status.expiresAt()).as("expiresAt").isEqualTo(announced);
            }
            announced = status.expiresAt();
            if (ended != null) {
                assertThat(status.phase()).as("an ended phase").isEqualTo(ended);
            }
            ended = status.phase().ended() ? status.phase() : null;
        }

        private void nothingIsMadeUnannounced() {
            if (!life.cluster.objects.of(GRANT_UID).isEmpty()) {
                assertThat(announced)
                        .as("the announced end while there are objects")
                        .isNotNull();
            }
        }

        /** Until somebody keeps it; and whoever keeps it sees it first. */
        private void nothingIsTakenThatIsNotOwed() {
            if (life.scene.request().breakGlass()
                    && !life.cluster.kept
                    && !life.cluster.objects.of(GRANT_UID).isEmpty()) {
                assertThat(life.cluster.debts())
                        .as("what is remembered while there are objects of a break-glass")
                        .anyMatch(debt -> debt.grantUid().equals(GRANT_UID));
            }
        }

        /** As long as it could be applied again. */
        private void noClaimIsHeldOrLetGoUnremembered() {
            boolean begun = life.cluster.held || announced != null;
            boolean over =
                    life.scene.request().notAfter().filter(life.now::isBefore).isEmpty();
            if (!life.scene.request().claimed() || !begun || over || !life.cluster.memory.readable()) {
                return;
            }
            List<Claim> claims = life.cluster.memory.all(Claim.class, life.now);
            assertThat(claims)
                    .as("what is remembered of a claim that has begun")
                    .hasSize(1);
            if (!life.cluster.held) {
                assertThat(claims.get(0).endedAt()).as("the remembered end").isNotNull();
            }
        }

        private void bindingsGoBeforeWhatCarriesTheToken(int from) {
            List<String> writes = life.cluster.writes.subList(from, life.cluster.writes.size());
            boolean ending = life.cluster.status != null && life.cluster.status.end() != null;
            int carrier = Math.max(writes.indexOf("delete ServiceAccount"), writes.indexOf("delete Secret"));
            if (ending && carrier >= 0) {
                assertThat(writes.subList(carrier, writes.size()))
                        .as("deletions after the first of an account or Secret")
                        .noneMatch(write -> write.startsWith("delete") && write.endsWith("Binding"));
            }
        }

        private void accessIsNeverToldGoneWhileItIsLeft() {
            if (life.cluster.status == null || life.cluster.status.end() == null) {
                return;
            }
            boolean told = life.cluster.status.conditions().stream()
                    .anyMatch(condition -> condition.type().equals(ConditionType.AccessRemoved.name())
                            && condition.status() == ConditionStatus.True);
            assertThat(told && !life.end().residual().isEmpty()).isFalse();
        }

        private void atTheEndNothingIsLeft() {
            life.cluster.accessReviewsAnswered = true;
            life.scene.grant("revoked", "true").grant("revokedBy", "olivia");
            life.after(LONG_PAST_EVERYTHING).settle();
            life.after(LONG_PAST_EVERYTHING).settle();
            assertThat(life.phase().ended()).isTrue();
            life.holdsNothing();
            nothingOfOursHidesWithoutItsLabel();
            int writes = life.cluster.writes.size();
            life.settle();
            assertThat(life.cluster.writes)
                    .as("writes of a pass over a settled end")
                    .hasSize(writes);
        }

        /** What a stranger made under our name has no UID on record; what had one was ours, label or not. */
        private void nothingOfOursHidesWithoutItsLabel() {
            List<String> recorded = life.status().objects().stream()
                    .map(object -> String.valueOf(object.uid()))
                    .toList();
            assertThat(life.cluster.objects.all())
                    .extracting(HasMetadata::getMetadata)
                    .noneMatch(metadata -> recorded.contains(metadata.getUid()));
        }

        private void losingAFactNeverGrantsMore() {
            GrantFacts facts = life.observe().withEntitlement(life.cluster.entitlement);
            boolean grants = grants(GrantPolicy.decide(facts, life.now));
            LOSSES.forEach((name, loss) -> {
                if (grants(GrantPolicy.decide(loss.apply(facts), life.now))) {
                    assertThat(grants).as("what is granted although " + name).isTrue();
                }
            });
        }
    }

    private static boolean grants(GrantDecision decision) {
        return decision.next()
                .filter(action -> action instanceof CreateAccount
                        || action instanceof ReserveSecret
                        || action instanceof IssueToken
                        || action instanceof DeliverToken
                        || action instanceof Bind
                        || (action instanceof WriteStatus write
                                && write.record().announced()
                                && !write.record().phase().ended()))
                .isPresent();
    }

    private static final Map<String, UnaryOperator<GrantFacts>> LOSSES = losses();

    private static Map<String, UnaryOperator<GrantFacts>> losses() {
        Map<String, UnaryOperator<GrantFacts>> losses = new TreeMap<>();
        losses.put(
                "the identity is absent",
                facts -> lost(facts, Optional.empty(), facts.namespaces(), facts.role(), facts.guard(), false));
        losses.put(
                "the role is absent",
                facts -> lost(
                        facts,
                        facts.identity(),
                        facts.namespaces(),
                        new RoleFacts(Map.of(), facts.role().wanted()),
                        facts.guard(),
                        facts.entryNameProved()));
        losses.put(
                "the guard does not stand",
                facts -> lost(
                        facts,
                        facts.identity(),
                        facts.namespaces(),
                        facts.role(),
                        GuardState.notReady(""),
                        facts.entryNameProved()));
        losses.put(
                "the memory is unreadable",
                facts ->
                        facts.withMemory(Recollection.unreadable(facts.request().namespace(), "")));
        losses.put(
                "nobody knows what else is held",
                facts -> facts.withDuties(new DutyFinding(DutyFinding.Answer.Unknown, "", true)));
        losses.put("the look-up failed", facts -> facts.withEntitlement(new Entitlement.Undecided("")));
        losses.put(
                "a namespace is absent",
                facts -> lost(
                        facts, facts.identity(), absent(facts), facts.role(), facts.guard(), facts.entryNameProved()));
        losses.put(
                "the author's name is unproved",
                facts -> lost(facts, facts.identity(), facts.namespaces(), facts.role(), facts.guard(), false));
        return losses;
    }

    private static Map<String, SeenNamespace> absent(GrantFacts facts) {
        Map<String, SeenNamespace> absent = new TreeMap<>();
        facts.namespaces().keySet().forEach(name -> absent.put(name, SeenNamespace.ABSENT));
        return absent;
    }

    /** The same facts, but for what may be lost. */
    private static GrantFacts lost(
            GrantFacts facts,
            Optional<IdentityFacts> identity,
            Map<String, SeenNamespace> namespaces,
            RoleFacts role,
            GuardState guard,
            boolean entryNameProved) {
        return GrantFactsBuilder.builder(facts)
                .identity(identity)
                .namespaces(namespaces)
                .role(role)
                .guard(guard)
                .entryNameProved(entryNameProved)
                .build();
    }
}
