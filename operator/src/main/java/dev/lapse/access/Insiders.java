package dev.lapse.access;

import dev.lapse.access.BoundRights.Holder;
import dev.lapse.api.v1alpha1.InsidersWhenAsked;
import dev.lapse.api.v1alpha1.InsidersWhenAsked.Insider;
import dev.lapse.api.v1alpha1.InsidersWhenAsked.Kind;
import dev.lapse.api.v1alpha1.PeoplesText;
import dev.lapse.api.v1alpha1.StatusText;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Who could act as an account, by the bindings that exist: the users and groups that hold one of the ways of
 * {@link CouldActAs}. ServiceAccounts are left out: where insiders do not count, the yes of a ServiceAccount never
 * counts.
 */
public final class Insiders {
    /** Groups that everybody is in. */
    private static final Set<String> EVERYBODY = Set.of("system:authenticated", "system:unauthenticated");

    /** The permissions that the ways to act as an account consist of, for any account name. */
    private static final Set<Permission> ALL = Stream.of("system:serviceaccount:any:any", "any")
            .flatMap(account -> CouldActAs.ways(account).stream())
            .flatMap(way -> way.rights().stream())
            .collect(Collectors.toUnmodifiableSet());

    private final String account;
    private final List<CouldActAs.Way> ways;
    /** For each way, its rights as positions among all permissions. */
    private final List<BitSet> takes;

    private final List<Permission> permissions;
    private final boolean complete;
    /**
     * Judged once for each role, even if many bindings name it: a role can have thousands of rules, and many bindings.
     */
    private final Map<List<Rule>, BitSet> judged = new IdentityHashMap<>();

    private final Map<Holder, Held> held =
            new TreeMap<>(Comparator.comparing(Holder::kind).thenComparing(Holder::name));

    private static final class Held {
        private final BitSet rights = new BitSet();
        /** The bindings of the subject, by name. */
        private final Map<String, BoundRights> bindings = new TreeMap<>();
    }

    /** Whether the bindings by which a group could act then are unchanged. */
    public enum Since {
        Untouched,
        Changed,
        /** Not all bindings could be listed now. */
        NotKnown
    }

    /** @param listed everything that gives something where the account lives */
    public Insiders(BoundRights.Listed listed, String account) {
        this.account = account;
        this.ways = CouldActAs.ways(account);
        Set<Permission> all = new LinkedHashSet<>();
        ways.forEach(way -> all.addAll(way.rights()));
        this.permissions = List.copyOf(all);
        this.takes = ways.stream()
                .map(way -> bits(right -> way.rights().contains(right)))
                .toList();
        this.complete = listed.complete();
        listed.bindings().stream().filter(this::reaches).forEach(this::add);
    }

    /** @param listed everything that gives something where the account lives */
    public static InsidersWhenAsked of(BoundRights.Listed listed, String account, Instant at) {
        return InsidersWhenAsked.of(at, List.of(account), listed.complete(), new Insiders(listed, account).all());
    }

    /** Compares the bindings that the group could act by then with those that are listed here, which are of now. */
    public Since since(Insider group) {
        Held today = held.get(new Holder(group.kind(), group.name()));
        boolean untouched = today != null
                && today.bindings.values().stream()
                        .map(BoundRights::version)
                        .collect(Collectors.toSet())
                        .containsAll(group.bindings());
        if (untouched) {
            return Since.Untouched;
        }
        return complete ? Since.Changed : Since.NotKnown;
    }

    public static boolean everybody(Insider insider) {
        return insider.kind() == Kind.Group && EVERYBODY.contains(insider.name());
    }

    /** The namespace of the account; empty if only cluster-wide bindings reach it. */
    public static Optional<String> home(String account) {
        return CouldActAs.ways(account).get(0).namespace();
    }

    private boolean reaches(BoundRights binding) {
        return binding.namespace().isEmpty()
                || binding.namespace().equals(ways.get(0).namespace());
    }

    private void add(BoundRights binding) {
        BitSet rights = binding.rules()
                .map(rules -> judged.computeIfAbsent(
                        rules, all -> bits(what -> all.stream().anyMatch(rule -> allows(rule, what)))))
                .orElseGet(() -> bits(what -> true));
        if (rights.isEmpty()) {
            return;
        }
        for (Holder holder : binding.holders()) {
            Held of = held.computeIfAbsent(holder, none -> new Held());
            of.rights.or(rights);
            of.bindings.put(binding.name(), binding);
        }
    }

    private BitSet bits(Predicate<Permission> among) {
        BitSet bits = new BitSet();
        IntStream.range(0, permissions.size())
                .filter(i -> among.test(permissions.get(i)))
                .forEach(bits::set);
        return bits;
    }

    private List<Insider> all() {
        BitSet everybodys = new BitSet();
        EVERYBODY.stream()
                .map(name -> held.get(new Holder(Kind.Group, name)))
                .filter(known -> known != null)
                .forEach(known -> everybodys.or(known.rights));
        Map<Holder, Insider> found = new HashMap<>();
        held.forEach((holder, of) -> way(plus(of.rights, everybodys), of.rights)
                .ifPresent(way -> found.put(holder, insider(holder, of, way))));
        // The members of a group are not known, so a group's right may complete part of somebody's way.
        BitSet groups = new BitSet();
        groups.or(everybodys);
        held.forEach((holder, of) -> {
            if (holder.kind() == Kind.Group && !found.containsKey(holder)) {
                groups.or(of.rights);
            }
        });
        held.forEach((holder, of) -> {
            if (!found.containsKey(holder)) {
                way(plus(of.rights, groups), of.rights).ifPresent(way -> found.put(holder, insider(holder, of, way)));
            }
        });
        return held.keySet().stream()
                .flatMap(holder -> Optional.ofNullable(found.get(holder)).stream())
                .toList();
    }

    /** A way for which {@code rights} hold every right, at least one of which is in {@code own}. */
    private Optional<CouldActAs.Way> way(BitSet rights, BitSet own) {
        return IntStream.range(0, ways.size())
                .filter(i -> takes.get(i).intersects(own))
                .filter(i -> plus(takes.get(i), rights).equals(rights))
                .mapToObj(ways::get)
                .findFirst();
    }

    private Insider insider(Holder holder, Held of, CouldActAs.Way way) {
        List<String> versions = new ArrayList<>();
        of.bindings.values().forEach(binding -> versions.add(binding.version()));
        String by = way.describe() + ", by " + of.bindings.keySet().iterator().next();
        return new Insider(
                holder.kind(),
                holder.name(),
                account,
                StatusText.fit(PeoplesText.oneLine(by), InsidersWhenAsked.LONGEST_BY),
                holder.kind() == Kind.Group ? List.copyOf(versions) : List.of());
    }

    private static BitSet plus(BitSet one, BitSet other) {
        BitSet both = new BitSet();
        both.or(one);
        both.or(other);
        return both;
    }

    /** Whether a rule matters for acting as any account. Other rules need not be kept. */
    public static boolean concerns(Rule rule) {
        return ALL.stream().anyMatch(right -> allowsKind(rule, right));
    }

    /** Whether the rule allows this, by the rules of the RBAC authorizer. */
    static boolean allows(Rule rule, Permission what) {
        return allowsKind(rule, what)
                && (rule.resourceNames().isEmpty() || rule.resourceNames().contains(what.name()));
    }

    private static boolean allowsKind(Rule rule, Permission what) {
        String resource = what.subresource().isEmpty() ? what.resource() : what.resource() + "/" + what.subresource();
        return has(rule.verbs(), what.verb())
                && has(rule.apiGroups(), what.apiGroup())
                && (has(rule.resources(), resource)
                        || (!what.subresource().isEmpty() && rule.resources().contains("*/" + what.subresource())));
    }

    private static boolean has(List<String> values, String value) {
        return values.contains("*") || values.contains(value);
    }
}
