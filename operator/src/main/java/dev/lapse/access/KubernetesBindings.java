package dev.lapse.access;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.lapse.access.BindingPage.Binding;
import dev.lapse.access.BoundRights.Listed;
import dev.lapse.api.v1alpha1.Lapse;
import io.fabric8.kubernetes.api.model.rbac.PolicyRule;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Lists what RBAC gives in a namespace, as the API server has it at that moment. No list is kept. Callers that wait
 * for the same list share it, if the list was begun after they asked.
 */
public final class KubernetesBindings {
    private static final String RBAC = "/apis/rbac.authorization.k8s.io/v1/";

    /** A binding is 128 KiB at most once it is cut. */
    private static final int PAGE = 25;

    private static final int MOST_BINDINGS = 20_000;
    private static final int MOST_HOLDERS = 10_000;
    private static final int MOST_ROLES = 300;

    /** The most text of rules that is read, in characters. */
    private static final int MOST_LETTERS = 2 * 1024 * 1024;

    private static final ObjectMapper JSON = new ObjectMapper();

    private final UnaryOperator<String> get;
    /** Lists are long, so only two are read at once. */
    private final Semaphore readers = new Semaphore(2, true);

    private final Map<String, Place> places = new HashMap<>();

    /** A namespace for whose list somebody waits. */
    private static final class Place {
        private int waiting;
        private long begun;
        private long number;
        private @Nullable Listed last;
    }

    public KubernetesBindings(KubernetesClient client) {
        this(path -> answered(client.raw(path)));
    }

    /** @param get answers the GET of a path with JSON */
    KubernetesBindings(UnaryOperator<String> get) {
        this.get = get;
    }

    private static String answered(@Nullable String answer) {
        if (answer == null) {
            throw new KubernetesClientException("the API server knows no bindings or roles");
        }
        return answer;
    }

    /**
     * The bindings that give people rights in {@code namespace}, or everywhere if it is empty.
     *
     * @throws KubernetesClientException if the API server could not be asked
     */
    public Listed reaching(Optional<String> namespace) {
        String key = namespace.orElse("");
        Place place;
        long asked;
        synchronized (places) {
            place = places.computeIfAbsent(key, none -> new Place());
            place.waiting++;
            asked = place.begun;
        }
        try {
            return reaching(namespace, place, asked);
        } finally {
            synchronized (places) {
                place.waiting--;
                if (place.waiting == 0) {
                    places.remove(key);
                }
            }
        }
    }

    /** How many callers wait for a list of this namespace, the one who reads it included. */
    int waiting(String namespace) {
        synchronized (places) {
            Place place = places.get(namespace);
            return place == null ? 0 : place.waiting;
        }
    }

    private Listed reaching(Optional<String> namespace, Place place, long asked) {
        synchronized (place) {
            Listed last = place.last;
            if (last != null && place.number > asked) {
                return last;
            }
            long number;
            synchronized (places) {
                place.begun++;
                number = place.begun;
            }
            readers.acquireUninterruptibly();
            try {
                last = new Reading().of(namespace);
            } finally {
                readers.release();
            }
            place.last = last;
            place.number = number;
            return last;
        }
    }

    /** One list while it is read. */
    private final class Reading {
        private final Map<String, Role> roles = new HashMap<>();
        private final List<BoundRights> found = new ArrayList<>();
        private int bindings;
        private int holders;
        private int letters;
        private boolean complete = true;

        Listed of(Optional<String> namespace) {
            namespace.ifPresent(name -> read(RBAC + "namespaces/" + encoded(name) + "/rolebindings"));
            read(RBAC + "clusterrolebindings");
            return new Listed(List.copyOf(found), complete);
        }

        private void read(String path) {
            String next = "";
            do {
                BindingPage page = BindingPage.of(
                        get.apply(path + "?limit=" + PAGE + (next.isEmpty() ? "" : "&continue=" + encoded(next))));
                page.bindings().forEach(this::add);
                bindings += page.bindings().size();
                next = page.next();
                if (bindings > MOST_BINDINGS) {
                    complete = false;
                }
            } while (!next.isEmpty() && complete);
        }

        private void add(Binding binding) {
            if (!complete
                    || isForMinting(binding)
                    || (binding.whole() && binding.holders().isEmpty())) {
                return;
            }
            Role role = role(binding);
            if (role.rules().filter(List::isEmpty).isPresent()) {
                return;
            }
            holders += binding.holders().size();
            complete = binding.whole() && holders <= MOST_HOLDERS;
            found.add(new BoundRights(
                    binding.namespace().isEmpty()
                            ? "ClusterRoleBinding " + binding.name()
                            : "RoleBinding " + binding.namespace() + "/" + binding.name(),
                    ContentHash.of(binding.uid(), binding.version(), role.uid(), role.version()),
                    Optional.of(binding.namespace()).filter(name -> !name.isEmpty()),
                    List.copyOf(binding.holders()),
                    role.rules()));
        }

        /** Each grant may have such a binding, so there are many. The guard reserves both names for the operator. */
        private boolean isForMinting(Binding binding) {
            return binding.namespace().equals(Lapse.PRINCIPALS_NAMESPACE)
                    && binding.roleKind().equals("Role")
                    && binding.roleName().equals(binding.name())
                    && Lapse.MINT_NAME.matcher(binding.name()).matches();
        }

        private Role role(Binding binding) {
            boolean everywhere = binding.roleKind().equals("ClusterRole");
            String path =
                    everywhere ? RBAC + "clusterroles" : RBAC + "namespaces/" + encoded(binding.namespace()) + "/roles";
            String key = path + "/" + binding.roleName();
            Role known = roles.get(key);
            if (known != null) {
                return known;
            }
            if (roles.size() == MOST_ROLES) {
                complete = false;
                return Role.NONE;
            }
            Role asked = bounded(Role.of(
                    get.apply(path + "?fieldSelector=" + encoded("metadata.name=" + escaped(binding.roleName())))));
            roles.put(key, asked);
            return asked;
        }

        /** A role that finds no room is treated as one that could allow anything. */
        private Role bounded(Role role) {
            letters += role.letters();
            return letters <= MOST_LETTERS ? role : new Role(role.uid(), role.version(), Optional.empty());
        }
    }

    /** @param rules that concern acting as somebody; nothing if it is too large to judge */
    private record Role(String uid, String version, Optional<List<Rule>> rules) {
        /** There is no role of this name, so it gives nothing. */
        private static final Role NONE = new Role("", "", Optional.of(List.of()));

        static Role of(String answer) {
            try {
                JsonNode role = JSON.readTree(answer).at("/items/0");
                if (role.isMissingNode()) {
                    return NONE;
                }
                JsonNode written = role.path("rules");
                List<Rule> all = written.isArray()
                        ? Rule.of(Arrays.asList(JSON.treeToValue(written, PolicyRule[].class)))
                        : List.of();
                boolean tooLarge =
                        all.stream().anyMatch(rule -> rule.apiGroups().contains(Lapse.TOO_LARGE));
                return new Role(
                        role.at("/metadata/uid").asText(),
                        role.at("/metadata/resourceVersion").asText(),
                        tooLarge
                                ? Optional.empty()
                                : Optional.of(
                                        all.stream().filter(Insiders::concerns).toList()));
            } catch (JsonProcessingException wrong) {
                throw new KubernetesClientException("the API server's list of roles is no JSON", wrong);
            }
        }

        int letters() {
            return rules.stream()
                    .flatMap(List::stream)
                    .flatMap(rule -> Stream.of(rule.apiGroups(), rule.resources(), rule.verbs(), rule.resourceNames())
                            .flatMap(List::stream))
                    .mapToInt(name -> 32 + name.length())
                    .sum();
        }
    }

    /** As a field selector wants a value. */
    private static String escaped(String value) {
        return value.replace("\\", "\\\\").replace(",", "\\,").replace("=", "\\=");
    }

    private static String encoded(String value) {
        return URLEncoder.encode(value, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
