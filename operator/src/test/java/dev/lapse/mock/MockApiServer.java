package dev.lapse.mock;

import dev.lapse.api.v1alpha1.AccessReview;
import dev.lapse.api.v1alpha1.PrivilegeGrant;
import dev.lapse.api.v1alpha1.ServiceIdentity;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.StatusBuilder;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.client.dsl.base.CustomResourceDefinitionContext;
import io.fabric8.kubernetes.client.server.mock.KubernetesCrudDispatcher;
import io.fabric8.kubernetes.client.server.mock.KubernetesMockServer;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.fabric8.mockwebserver.Context;
import io.fabric8.mockwebserver.MockWebServer;
import io.fabric8.mockwebserver.crud.AttributeSet;
import io.fabric8.mockwebserver.http.MockResponse;
import io.fabric8.mockwebserver.http.RecordedRequest;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;

/**
 * An API server in the test's own process, by fabric8's mock server: it keeps objects and tells watches of them. It checks
 * nothing and decides nothing, so a test says what else it answers.
 */
public final class MockApiServer implements AutoCloseable {
    private static final Logger EACH_REQUEST = Logger.getLogger(MockWebServer.class.getName());

    static {
        EACH_REQUEST.setLevel(Level.WARNING);
    }

    private final Kept kept = new Kept();
    private final KubernetesMockServer server = new KubernetesMockServer(
            new Context(Serialization.jsonMapper()), new MockWebServer(), new HashMap<>(), kept, false);

    /**
     * A request, and the status code of its answer.
     *
     * @param path without the query
     */
    public record Exchange(String method, String path, int code) {}

    /** What is answered instead of what the mock server would do by itself; nothing where it does what it does. */
    @FunctionalInterface
    public interface Answer {
        Optional<MockResponse> to(RecordedRequest request);
    }

    public MockApiServer() {
        Stream.of(ServiceIdentity.class, PrivilegeGrant.class, AccessReview.class)
                .map(MockApiServer::definition)
                .forEach(server::expectCustomResource);
        server.start(InetAddress.getLoopbackAddress(), 0);
    }

    private static CustomResourceDefinitionContext definition(Class<? extends CustomResource<?, ?>> kind) {
        CustomResourceDefinitionContext read = CustomResourceDefinitionContext.fromCustomResourceType(kind);
        return new CustomResourceDefinitionContext.Builder()
                .withGroup(read.getGroup())
                .withVersion(read.getVersion())
                .withKind(read.getKind())
                .withPlural(read.getPlural())
                .withScope(read.getScope())
                .withStatusSubresource(true)
                .build();
    }

    public String url() {
        return "http://127.0.0.1:" + server.getPort();
    }

    /** There is this object, as it is: with its own UID, and with its status. */
    public void given(HasMetadata object) {
        ObjectMeta all = object.getMetadata();
        String kind = (object.getApiVersion().contains("/") ? "/apis/" : "/api/") + object.getApiVersion();
        String namespace = all.getNamespace() == null ? "" : "/namespaces/" + all.getNamespace();
        given(kind + namespace + "/" + object.getPlural() + "/" + all.getName(), object);
    }

    private void given(String path, HasMetadata object) {
        HasMetadata there = Serialization.clone(object);
        ObjectMeta all = there.getMetadata();
        // Every object has these, and without them the mock server fails at the next write.
        all.setResourceVersion(String.valueOf(kept.requestResourceVersion()));
        all.setCreationTimestamp(Objects.requireNonNullElse(all.getCreationTimestamp(), "2026-12-01T07:00:00Z"));
        all.setGeneration(Objects.requireNonNullElse(all.getGeneration(), 1L));
        kept.put(path, there);
    }

    /** From now on; a later one goes first. */
    public void answering(Answer answer) {
        kept.answers.add(0, answer);
    }

    /** @param path a regular expression for the whole path, without the query */
    public void answering(String method, String path, Function<RecordedRequest, MockResponse> answer) {
        answering(request -> fits(request, method, path) ? Optional.of(answer.apply(request)) : Optional.empty());
    }

    /**
     * The next requests that fit are refused, and what they ask for is not done.
     *
     * @return how many are refused from now on; with 0 it is over
     */
    public AtomicInteger refusing(int times, String method, String path, int code, String message) {
        AtomicInteger left = new AtomicInteger(times);
        answering(request -> fits(request, method, path) && left.getAndDecrement() > 0
                ? Optional.of(refusal(code, message))
                : Optional.empty());
        return left;
    }

    /** Just before the next request that fits is looked at, something else happens. */
    public void firstHappens(Runnable what, String method, String path) {
        AtomicInteger left = new AtomicInteger(1);
        answering(request -> {
            if (fits(request, method, path) && left.getAndDecrement() > 0) {
                what.run();
            }
            return Optional.empty();
        });
    }

    /** Somebody edits an object. Unlike a client, this may be called while a request is answered. */
    public void edited(String path, Consumer<GenericKubernetesResource> edit) {
        GenericKubernetesResource object = Serialization.unmarshal(kept.there(path), GenericKubernetesResource.class);
        edit.accept(object);
        object.getMetadata().setGeneration(object.getMetadata().getGeneration() + 1);
        given(path, object);
    }

    /** Watches are not told of what happens to objects of this kind, until it is over. */
    public void withoutWatches(String plural, Runnable happens) {
        withoutWatches(List.of(plural), happens);
    }

    public void withoutWatches(List<String> plurals, Runnable happens) {
        kept.untold.addAll(plurals);
        try {
            happens.run();
        } finally {
            kept.untold.removeAll(plurals);
        }
    }

    /** What was asked so far, in order. */
    public List<Exchange> asked(String method, String path) {
        return kept.exchanges.stream()
                .filter(exchange ->
                        exchange.method().equals(method) && exchange.path().matches(path))
                .toList();
    }

    public static MockResponse json(int code, Object body) {
        return new MockResponse()
                .setResponseCode(code)
                .addHeader("Content-Type", "application/json")
                .setBody(Serialization.asJson(body));
    }

    public static MockResponse refusal(int code, String message) {
        return json(
                code, new StatusBuilder().withCode(code).withMessage(message).build());
    }

    private static boolean fits(RecordedRequest request, String method, String path) {
        return request.getMethod().equals(method) && path(request).matches(path);
    }

    public static String path(RecordedRequest request) {
        return request.getPath().replaceFirst("\\?.*", "");
    }

    /** Whoever reads the body in another way leaves nothing of it. */
    public static String body(RecordedRequest request) {
        return new String(request.getBody().getBytes(), StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        server.shutdown();
    }

    private static final class Kept extends KubernetesCrudDispatcher {
        private final List<Answer> answers = new CopyOnWriteArrayList<>();
        private final List<Exchange> exchanges = new CopyOnWriteArrayList<>();
        private final Set<String> untold = ConcurrentHashMap.newKeySet();

        @Override
        public MockResponse dispatch(RecordedRequest request) {
            MockResponse answer = answers.stream()
                    .flatMap(each -> each.to(request).stream())
                    .findFirst()
                    .orElseGet(() -> keep(request));
            exchanges.add(new Exchange(request.getMethod(), path(request), answer.code()));
            return answer;
        }

        /** As the mock server does, but for two things that it does in another way than an API server. */
        private MockResponse keep(RecordedRequest request) {
            String method = request.getMethod();
            if (method.equals("PUT") && path(request).endsWith("/status") && isOld(request)) {
                return refusal(409, "the object has been modified");
            }
            String before = method.equals("PATCH") ? there(path(request)) : "";
            MockResponse answer = super.dispatch(request);
            boolean nothing = answer.getBody() == null || answer.getBody().size() == 0;
            return method.equals("PATCH") && answer.code() < 300 && nothing ? answer.setBody(before) : answer;
        }

        /** Whether a status would be written over another version than the one that was read. */
        private boolean isOld(RecordedRequest request) {
            String there = there(path(request));
            String written = version(body(request));
            return !there.isEmpty() && written != null && !written.equals(version(there));
        }

        private static String version(String object) {
            return Serialization.unmarshal(object, GenericKubernetesResource.class)
                    .getMetadata()
                    .getResourceVersion();
        }

        private String there(String path) {
            MockResponse found = handleGet(path);
            return found.code() == 200 ? found.getBody().readUtf8() : "";
        }

        void put(String path, HasMetadata object) {
            Map.Entry<AttributeSet, String> before = findResource(getKey(path));
            processEvent(
                    path, getKey(path), before == null ? null : before.getKey(), null, Serialization.asJson(object));
        }

        @Override
        public void processEvent(
                String path,
                AttributeSet ofPath,
                AttributeSet before,
                GenericKubernetesResource resource,
                String after) {
            if (untold.stream().noneMatch(plural -> path.contains("/" + plural))) {
                super.processEvent(path, ofPath, before, resource, after);
                return;
            }
            getMap().remove(before);
            if (after != null) {
                getMap().put(AttributeSet.merge(ofPath, attributeExtractor.fromResource(after)), after);
            }
        }
    }
}
