package dev.lapse.cli;

import dev.lapse.access.Rule;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Who may read a Secret, as far as that could be found out.
 *
 * @param unknown what could not be looked at
 */
record SecretReaders(Set<String> who, int ofTheControlPlane, List<String> unknown) {
    /** The last two answer with the object. */
    private static final Set<String> READS = Set.of("get", "list", "watch", "patch", "update", "*");

    SecretReaders {
        who = new TreeSet<>(who);
        unknown = List.copyOf(unknown);
    }

    /** A role given to somebody, in the Secret's namespace or everywhere. */
    record Given(String role, List<Subject> to) {
        Given {
            to = List.copyOf(to);
        }
    }

    /** @param kind User, Group or ServiceAccount */
    record Subject(String kind, Optional<String> namespace, String name) {
        String told() {
            return switch (kind) {
                case "User" -> name;
                case "Group" -> "group " + name;
                default -> "ServiceAccount " + namespace.orElse("?") + "/" + name;
            };
        }

        /** Kubernetes itself; listed by name it would hide the others. */
        boolean isOfTheControlPlane() {
            boolean people = name.equals("system:masters")
                    || name.matches("system:(un)?authenticated")
                    || name.startsWith("system:serviceaccount");
            return (name.startsWith("system:") && !people)
                    || namespace.filter("kube-system"::equals).isPresent();
        }
    }

    /** @param roles the rules of each role, by the name that {@link Given} uses */
    static SecretReaders of(String secret, List<Given> given, Map<String, List<Rule>> roles, List<String> unknown) {
        Set<String> people = new TreeSet<>();
        Set<String> controlPlane = new TreeSet<>();
        List<String> notFound = new ArrayList<>(unknown);
        for (Given each : given) {
            List<Rule> rules = roles.get(each.role());
            if (rules == null) {
                continue;
            }
            if (rules.stream().anyMatch(rule -> reads(rule, secret))) {
                each.to()
                        .forEach(
                                subject -> (subject.isOfTheControlPlane() ? controlPlane : people).add(subject.told()));
            }
        }
        return new SecretReaders(people, controlPlane.size(), notFound);
    }

    private static boolean reads(Rule rule, String secret) {
        return rule.verbs().stream().anyMatch(READS::contains)
                && (rule.apiGroups().contains("") || rule.apiGroups().contains("*"))
                && (rule.resources().contains("secrets") || rule.resources().contains("*"))
                && (rule.resourceNames().isEmpty() || rule.resourceNames().contains(secret));
    }

    /** @param before whether it is the caller, for example */
    List<String> told(String before) {
        StringBuilder text =
                new StringBuilder(before).append(who.isEmpty() ? "nobody else that was found" : String.join(", ", who));
        if (ofTheControlPlane > 0) {
            text.append("; and ").append(ofTheControlPlane).append(" of Kubernetes itself (system:…)");
        }
        text.append("; and whoever may run a Pod there, which can mount it");
        return unknown.isEmpty()
                ? List.of(text.toString())
                : List.of(text.toString(), "not the whole answer: you may not list " + String.join(", ", unknown));
    }
}
