package dev.lapse.guard;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.lapse.access.ParameterWords;
import dev.lapse.api.v1alpha1.PeoplesText;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The parameters that policies and operator both read: who the operator is, who may write for others, and how far that
 * goes.
 *
 * @param operator the operator's user name; empty if the ConfigMap does not say
 * @param appliers user names that may stand in a …Via
 * @param limits by applier; an applier without one reaches the identity's own namespace and no role
 * @param protectedNamespaces where nothing is granted, besides the namespaces where nothing ever is
 * @param clusterWide whether anything is granted in the whole cluster
 * @param problem what could not be read, as a sentence; empty if all was
 */
public record GuardParameters(
        String operator,
        Set<String> appliers,
        Map<String, ApplierLimit> limits,
        Set<String> protectedNamespaces,
        boolean clusterWide,
        String problem) {

    public static final GuardParameters NONE = new GuardParameters("", Set.of(), Map.of(), Set.of(), false, "");

    private static final List<String> READ_BY_POLICIES =
            List.of("operator", "appliers", "protectedNamespaces", "clusterWide");
    private static final String PLACE = " in ConfigMap lapse-system/lapse-guard";
    private static final Pattern ROLE = Pattern.compile("(Cluster)?Role/.+");
    private static final ObjectReader LIMITS =
            new ObjectMapper(new YAMLMapper().getFactory()).readerForListOf(Limit.class);

    /**
     * How far an applier reaches.
     *
     * @param namespaces where it may entitle, besides the identity's own namespace
     * @param roles what it may entitle to, as kind/name
     * @param clusterWide whether it may entitle cluster-wide
     */
    public record ApplierLimit(Set<String> namespaces, Set<String> roles, boolean clusterWide) {
        public static final ApplierLimit NONE = new ApplierLimit(Set.of(), Set.of(), false);
    }

    public GuardParameters {
        appliers = Set.copyOf(appliers);
        limits = Map.copyOf(limits);
        protectedNamespaces = Set.copyOf(protectedNamespaces);
    }

    /** Parses {@code data} of the ConfigMap. If the limits cannot be read, no applier reaches any role. */
    public static GuardParameters parse(Map<String, String> data) {
        // Taken as it is, like the policies compare it: white space at its end stays.
        String operator = data.getOrDefault("operator", "");
        String clusterWide = data.getOrDefault("clusterWide", "");
        Map<String, ApplierLimit> limits = Map.of();
        String problem = "";
        try {
            Map<String, String> nowhere = new TreeMap<>();
            limits = limits(data.getOrDefault("applierLimits", ""), nowhere);
            problem = String.join("; ", nowhere.values());
        } catch (JsonProcessingException e) {
            problem = unreadable(e.getOriginalMessage());
        } catch (IllegalArgumentException e) {
            problem = unreadable(String.valueOf(e.getMessage()));
        }
        if (!Set.of("", "true", "false").contains(clusterWide)) {
            problem +=
                    (problem.isEmpty() ? "" : "; ") + "clusterWide" + PLACE + " is neither \"true\" nor \"false\", so"
                            + " that nothing is granted in the whole cluster: write one of them, without anything around it";
        }
        return new GuardParameters(
                operator,
                words(data.getOrDefault("appliers", "")),
                limits,
                words(data.getOrDefault("protectedNamespaces", "")),
                clusterWide.equals("true"),
                problem);
    }

    /**
     * Names a value that policies read and that holds a hidden character, as a sentence. Two names that look separate
     * would be read as one name that nobody has, and an applier or a protected namespace would silently not count.
     */
    static Optional<String> hidden(Map<String, String> data) {
        return READ_BY_POLICIES.stream()
                .flatMap(key -> ParameterWords.of(data.getOrDefault(key, "")).stream()
                        .flatMap(word -> hidden(word).stream())
                        .map(character -> key + PLACE + " holds the hidden character " + character
                                + ", so that it says something else than it shows: delete the value and type it again, with"
                                + " spaces between names"))
                .findFirst();
    }

    private static Optional<String> hidden(String word) {
        return word.codePoints()
                .filter(point -> PeoplesText.hides(Character.toString(point)))
                .mapToObj(point -> "U+%04X".formatted(point))
                .findFirst();
    }

    private static Set<String> words(String text) {
        return Set.copyOf(new HashSet<>(ParameterWords.of(text)));
    }

    public ApplierLimit limit(String applier) {
        return limits.getOrDefault(applier, ApplierLimit.NONE);
    }

    /** How far this applier reaches: nowhere, if it is not on the list, or not any more. */
    public ApplierLimit reachOf(String applier) {
        return appliers.contains(applier) ? limit(applier) : ApplierLimit.NONE;
    }

    /** @param nowhere collects, by applier, why an entry with hidden characters reaches nowhere */
    private static Map<String, ApplierLimit> limits(String yaml, Map<String, String> nowhere)
            throws JsonProcessingException {
        if (yaml.isBlank()) {
            return Map.of();
        }
        @Nullable List<@Nullable Limit> parsed = LIMITS.readValue(yaml);
        if (parsed == null) {
            throw new IllegalArgumentException("it is no list");
        }
        Map<String, ApplierLimit> limits = new HashMap<>();
        for (Limit limit : parsed) {
            if (limit == null || limit.name == null || limit.name.isBlank()) {
                throw new IllegalArgumentException("an entry has no name");
            }
            ApplierLimit reach = new ApplierLimit(names(limit.namespaces), names(limit.roles), limit.clusterWide);
            for (String role : reach.roles()) {
                if (!ROLE.matcher(role).matches()) {
                    throw new IllegalArgumentException(
                            "role " + role + " is not written as Role/name or ClusterRole/name");
                }
            }
            // Two entries of one applier could contradict each other, and the wider one must not win because of its
            // place.
            if (limits.put(limit.name, reach) != null) {
                throw new IllegalArgumentException("applier " + limit.name + " is listed twice");
            }
            misleading(limit.name, reach).ifPresent(why -> {
                limits.put(limit.name, ApplierLimit.NONE);
                nowhere.put(limit.name, why);
            });
        }
        return limits;
    }

    private static Set<String> names(@Nullable List<@Nullable String> list) {
        Set<String> names = new HashSet<>();
        for (String name : list == null ? List.<@Nullable String>of() : list) {
            if (name == null || name.isBlank()) {
                throw new IllegalArgumentException("a list has an empty line");
            }
            names.add(name);
        }
        return Set.copyOf(names);
    }

    /**
     * Why an entry is misleading: a name in it looks like another one and is not. An older version took such a name
     * for one that nobody has. So only this entry is void, and other appliers keep theirs.
     */
    private static Optional<String> misleading(String name, ApplierLimit reach) {
        String entry = "the entry of " + PeoplesText.oneLine(name) + " in applierLimits" + PLACE + " reaches nowhere: ";
        if (!ParameterWords.of(name).equals(List.of(name))) {
            return Optional.of(entry + "its name has a space, and no applier has one");
        }
        return Stream.of(
                        Stream.of(name),
                        reach.namespaces().stream().sorted(),
                        reach.roles().stream().sorted())
                .flatMap(names -> names)
                .flatMap(each -> hidden(each)
                        .map(character -> entry + PeoplesText.oneLine(each) + " holds the hidden character " + character
                                + ": delete it and type it again")
                        .stream())
                .findFirst();
    }

    private static String unreadable(String why) {
        return "applierLimits" + PLACE + " cannot be read, so that no applier reaches any role: " + why;
    }

    private record Limit(
            @Nullable String name,
            @Nullable List<@Nullable String> namespaces,
            @Nullable List<@Nullable String> roles,
            boolean clusterWide) {}
}
