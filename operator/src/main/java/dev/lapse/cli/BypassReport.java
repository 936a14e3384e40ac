package dev.lapse.cli;

import dev.lapse.access.Rule;
import dev.lapse.access.WayRound;
import dev.lapse.access.WayRound.Account;
import dev.lapse.api.v1alpha1.Lapse;
import dev.lapse.api.v1alpha1.PeoplesText;
import dev.lapse.cli.SecretReaders.Subject;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Who could get round the guard, by which binding, and what to do about it.
 *
 * @param expected how many others could, of whom that is known: Kubernetes itself, the operator, whoever was named
 * @param unknown what could not be looked at
 */
record BypassReport(List<Hole> holes, int expected, List<String> unknown) {
    /** No binding says who they are, and no rule can bound them. */
    static final List<String> NEVER_SEEN = List.of(
            "holders of a certificate or token in group system:masters: no rule bounds them",
            "what authorizers other than RBAC allow (Node, webhooks)",
            "whoever reaches etcd, the API server's files and flags, or a node's disk");

    private static final String MASTERS = "system:masters";

    BypassReport {
        holes = List.copyOf(holes);
        unknown = List.copyOf(unknown);
    }

    /**
     * A role given to somebody.
     *
     * @param binding as kind/name
     * @param namespace nothing if it is given in the whole cluster
     * @param role as kind/name
     * @param byLapse whether it is an object of a grant
     */
    record Given(
            String binding,
            Optional<String> namespace,
            String role,
            List<Rule> rules,
            List<Subject> to,
            boolean byLapse) {
        Given {
            rules = List.copyOf(rules);
            to = List.copyOf(to);
        }
    }

    /** One subject that could, by one binding. */
    record Hole(Subject who, Given by, Set<WayRound> ways) {}

    /**
     * @param appliers that are ServiceAccounts
     * @param known subjects that may, as {@link #key} writes them
     */
    static BypassReport of(
            Collection<Given> given, Collection<Account> appliers, Set<String> known, List<String> unknown) {
        List<Hole> holes = new ArrayList<>();
        int expected = 0;
        for (Given each : given) {
            Set<WayRound> ways = WayRound.of(each.rules(), each.namespace(), appliers);
            if (each.byLapse()) {
                ways = without(WayRound.MintByHand, ways);
            }
            if (ways.isEmpty()) {
                continue;
            }
            for (Subject subject : each.to()) {
                if (isExpected(subject) || known.contains(key(subject))) {
                    expected++;
                } else {
                    holes.add(new Hole(subject, each, ways));
                }
            }
        }
        holes.sort(Comparator.comparing((Hole hole) -> key(hole.who())).thenComparing(hole -> where(hole.by())));
        return new BypassReport(holes, expected, unknown);
    }

    private static Set<WayRound> without(WayRound way, Set<WayRound> ways) {
        Set<WayRound> others = ways.isEmpty() ? EnumSet.noneOf(WayRound.class) : EnumSet.copyOf(ways);
        others.remove(way);
        return others;
    }

    private static boolean isExpected(Subject subject) {
        boolean operator = subject.kind().equals("ServiceAccount")
                && subject.name().equals("lapse-operator")
                && subject.namespace().filter(Lapse.SYSTEM_NAMESPACE::equals).isPresent();
        return operator || subject.name().equals(MASTERS) || subject.isOfTheControlPlane();
    }

    /** For example {@code User/gina}, {@code Group/helpdesk}, {@code ServiceAccount/argocd/applier}. */
    static String key(Subject subject) {
        return subject.kind() + "/"
                + (subject.kind().equals("ServiceAccount") ? subject.namespace().orElse("?") + "/" : "")
                + subject.name();
    }

    private static String where(Given by) {
        return by.binding() + by.namespace().map(name -> " in " + name).orElse(" in the whole cluster");
    }

    boolean isWhole() {
        return unknown.isEmpty();
    }

    /** For people. */
    String told() {
        StringBuilder text = new StringBuilder();
        if (holes.isEmpty()) {
            text.append(isWhole() ? "nobody could get round the guard by RBAC" : "nobody was found; but see below");
        } else {
            long subjects =
                    holes.stream().map(hole -> key(hole.who())).distinct().count();
            text.append(subjects).append(" could get round the guard");
        }
        text.append(" (beside ").append(expected).append(" bindings that are expected to)\n");
        for (Hole hole : holes) {
            text.append('\n')
                    .append(PeoplesText.oneLine(key(hole.who())))
                    .append(", by ")
                    .append(PeoplesText.oneLine(where(hole.by())))
                    .append(", ")
                    .append(PeoplesText.oneLine(hole.by().role()))
                    .append('\n');
            List<Map.Entry<String, String>> lines = new ArrayList<>();
            hole.ways().forEach(way -> lines.add(Map.entry(way.name(), way.what() + "\nremedy: " + way.remedy())));
            text.append(Columns.of(lines)).append('\n');
        }
        text.append("\nnot to be seen from here:");
        unknown.forEach(what -> text.append("\n  you may not list ").append(what));
        NEVER_SEEN.forEach(what -> text.append("\n  ").append(what));
        return text.toString();
    }

    /** For programs. */
    Map<String, Object> data() {
        Map<String, Object> data = new LinkedHashMap<>();
        data.put("holes", holes.stream().map(BypassReport::data).toList());
        data.put("expected", expected);
        data.put("notListed", unknown);
        data.put("neverSeen", NEVER_SEEN);
        return data;
    }

    private static Map<String, Object> data(Hole hole) {
        Map<String, Object> data = new LinkedHashMap<>();
        data.put("subject", key(hole.who()));
        data.put("binding", hole.by().binding());
        hole.by().namespace().ifPresent(name -> data.put("namespace", name));
        data.put("role", hole.by().role());
        data.put(
                "ways",
                hole.ways().stream()
                        .map(way -> {
                            Map<String, Object> told = new LinkedHashMap<>();
                            told.put("way", way.name());
                            told.put("what", way.what());
                            told.put("remedy", way.remedy());
                            return told;
                        })
                        .toList());
        return data;
    }
}
