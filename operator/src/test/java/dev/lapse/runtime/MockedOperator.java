package dev.lapse.runtime;

import static dev.lapse.mock.MockApiServer.json;

import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import dev.lapse.cluster.HeapRoom;
import dev.lapse.cluster.ServerClock;
import dev.lapse.guard.StandingGuard;
import dev.lapse.mock.MockApiServer;
import io.fabric8.kubernetes.api.model.authentication.TokenRequest;
import io.fabric8.kubernetes.api.model.authentication.TokenRequestBuilder;
import io.fabric8.kubernetes.api.model.authorization.v1.ResourceAttributes;
import io.fabric8.kubernetes.api.model.authorization.v1.SubjectAccessReview;
import io.fabric8.kubernetes.api.model.authorization.v1.SubjectAccessReviewBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.okhttp.OkHttpClientFactory;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.fabric8.mockwebserver.http.MockResponse;
import io.fabric8.mockwebserver.http.RecordedRequest;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.awaitility.Awaitility;

/**
 * Everything that works while an instance leads, put together as in production, on a mock API server. One for all tests of
 * the process: each has a namespace of its own.
 */
public final class MockedOperator {
    private static final String OPERATOR = "system:serviceaccount:lapse-system:lapse-operator";

    /** The server's threads need this class, so it must be there before the one of all tests is made. */
    private static final class OfAllTests {
        private static final MockedOperator RUNNING = new MockedOperator();
    }

    private final MockApiServer api = new MockApiServer();
    private final KubernetesClient client = client(api.url());
    private final Set<String> rights = ConcurrentHashMap.newKeySet();
    private final Controllers controllers;

    private MockedOperator() {
        api.answering("POST", ".*/subjectaccessreviews", this::mayThey);
        api.answering("POST", ".*/serviceaccounts/[^/]+/token", MockedOperator::token);
        api.answering(request -> StandingGuard.refusal(request.getPath(), MockApiServer.body(request))
                .map(refusal -> MockApiServer.refusal(422, refusal)));
        StandingGuard.parts(OPERATOR).forEach(part -> client.resource(part).create());
        ServerClock clock = new ServerClock(InstantSource.system(), System::nanoTime);
        clock.answered(System.nanoTime(), System.nanoTime(), Instant.now().truncatedTo(ChronoUnit.SECONDS));
        try {
            controllers = new Controllers(client, settings(), new Meters(), clock, HeapRoom.ofThisProcess());
            controllers.start();
        } catch (Exception failed) {
            throw new IllegalStateException(failed);
        }
        awaitGuardStands();
    }

    /** Started by the first who asks, and never stopped. */
    public static MockedOperator running() {
        return OfAllTests.RUNNING;
    }

    private static KubernetesClient client(String url) {
        Config config = new ConfigBuilder(Config.empty())
                .withMasterUrl(url)
                .withHttp2Disable(true)
                .build();
        // The mock server tells watches through WebSockets only, the operator's own client listens to plain HTTP only.
        return new KubernetesClientBuilder()
                .withConfig(config)
                .withHttpClientFactory(new OkHttpClientFactory())
                .build();
    }

    private static Settings settings() throws Settings.Invalid {
        return Settings.load(Map.of("instance", "mocked", "ended-file", "", "guard-settle", "1s"), Map.of(), null);
    }

    public MockApiServer api() {
        return api;
    }

    /** For what people do. */
    public KubernetesClient client() {
        return client;
    }

    /** From then on a name that is written is proved. */
    public void awaitGuardStands() {
        Awaitility.await("the guard stands")
                .atMost(Duration.ofSeconds(10))
                .until(() -> controllers.unsettled().isEmpty());
    }

    /** For a try block, so that the guard stands again whatever is thrown: the operator is one for all tests. */
    public final class GuardDown implements AutoCloseable {
        private final AtomicBoolean back = new AtomicBoolean();

        private GuardDown() {}

        /** The guard comes back, if it has not yet. */
        @Override
        public void close() {
            if (back.compareAndSet(false, true)) {
                StandingGuard.parts(OPERATOR).stream()
                        .filter(part -> part.getKind().endsWith("Binding")
                                && part.getMetadata().getName().equals("lapse-size"))
                        .forEach(part -> client.resource(part).create());
                awaitGuardStands();
            }
        }
    }

    public GuardDown guardGoesDown() {
        client.admissionRegistration()
                .v1()
                .validatingAdmissionPolicyBindings()
                .withName("lapse-size")
                .delete();
        GuardDown down = new GuardDown();
        boolean seen = false;
        try {
            Awaitility.await("the guard is down")
                    .atMost(Duration.ofSeconds(10))
                    .until(() -> !controllers.guard().ready());
            seen = true;
            return down;
        } finally {
            if (!seen) {
                down.close();
            }
        }
    }

    /** Other parameters: what was proved before was proved by another guard. */
    public void guardIsAnotherOne() {
        client.configMaps().inNamespace("lapse-system").withName("lapse-guard").edit(parameters -> {
            parameters.getData().put("appliers", "applier-" + UUID.randomUUID());
            return parameters;
        });
    }

    /** In this namespace, on whatever it is asked about. */
    public void let(String user, String namespace, String... verbs) {
        for (String verb : verbs) {
            rights.add(user + " " + verb + " " + namespace);
        }
    }

    public void letNoLonger(String user, String namespace, String verb) {
        rights.remove(user + " " + verb + " " + namespace);
    }

    private MockResponse mayThey(RecordedRequest request) {
        SubjectAccessReview asked = Serialization.unmarshal(MockApiServer.body(request), SubjectAccessReview.class);
        String user = asked.getSpec().getUser();
        boolean may = Optional.ofNullable(asked.getSpec().getResourceAttributes())
                .filter(what -> user.equals(OPERATOR) || rights.contains(right(user, what)))
                .isPresent();
        return json(
                201,
                new SubjectAccessReviewBuilder(asked)
                        .withNewStatus()
                        .withAllowed(may)
                        .endStatus()
                        .build());
    }

    private static String right(String user, ResourceAttributes what) {
        return user + " " + what.getVerb() + " " + what.getNamespace();
    }

    private static MockResponse token(RecordedRequest request) {
        TokenRequest asked = Serialization.unmarshal(MockApiServer.body(request), TokenRequest.class);
        String token = new PlainJWT(new JWTClaimsSet.Builder()
                        .jwtID(UUID.randomUUID().toString())
                        .build())
                .serialize();
        Instant end = Instant.now()
                .truncatedTo(ChronoUnit.SECONDS)
                .plusSeconds(asked.getSpec().getExpirationSeconds());
        return json(
                201,
                new TokenRequestBuilder(asked)
                        .withNewStatus(end.toString(), token)
                        .build());
    }
}
