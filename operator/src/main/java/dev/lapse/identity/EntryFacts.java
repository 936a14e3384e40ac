package dev.lapse.identity;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.lapse.access.ContentHash;
import dev.lapse.api.v1alpha1.BuiltByName;
import dev.lapse.api.v1alpha1.Durations;
import dev.lapse.api.v1alpha1.EligibleEntry;
import dev.lapse.api.v1alpha1.EligibleEntry.Insiders;
import dev.lapse.api.v1alpha1.EligibleEntry.Person;
import dev.lapse.api.v1alpha1.EligibleEntry.Risk;
import dev.lapse.api.v1alpha1.EligibleEntry.RoleReference;
import dev.lapse.api.v1alpha1.PrincipalType;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One eligible entry with the profile's defaults and ceilings applied.
 *
 * @param namespaces where the role may be bound; empty if it is cluster-wide
 * @param clusterWide true only if the entry says so: an entry without namespaces reaches nothing
 * @param breakGlass how much may be taken without approval, where the entry allows that
 * @param contentHash over the whole entry as it is written, for the proof of its author's name
 * @param reachHash over what a grant of the entry gives and its risks: a change of anything else leaves active grants
 *     alone
 */
@BuiltByName
public record EntryFacts(
        String name,
        RoleReference role,
        List<String> namespaces,
        boolean clusterWide,
        Duration maxDuration,
        List<Person> requesters,
        int approvals,
        List<Person> approvers,
        Insiders insiders,
        PrincipalType principal,
        Optional<BreakGlass> breakGlass,
        Set<Risk> accepted,
        Optional<String> author,
        List<String> authorGroups,
        Optional<String> via,
        String contentHash,
        String reachHash) {

    /**
     * @param maxDuration of one grant
     * @param maxTotal of all grants for one incident that nobody has reviewed
     */
    public record BreakGlass(Duration maxDuration, Duration maxTotal) {}

    private static final ObjectWriter WRITTEN = JsonMapper.builder()
            .serializationInclusion(JsonInclude.Include.NON_DEFAULT)
            .configure(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY, true)
            .build()
            .writer();

    static EntryFacts of(EligibleEntry entry, Profile profile) {
        Duration longest = entry.maxDuration() == null ? profile.longestGrant() : capped(entry.maxDuration(), profile);
        Optional<BreakGlass> breakGlass =
                Optional.ofNullable(entry.breakGlass()).map(written -> breakGlass(written, profile));
        PrincipalType principal = entry.principal() == null ? profile.principal() : entry.principal();
        List<String> namespaces = entry.clusterWide() ? List.of() : sorted(entry.namespaces());
        Set<Risk> accepted = list(entry.accepts()).stream()
                .map(EligibleEntry.AcceptedRisk::risk)
                .collect(Collectors.toUnmodifiableSet());
        return EntryFactsBuilder.stagedBuilder()
                .name(entry.name())
                .role(entry.role())
                .namespaces(namespaces)
                .clusterWide(entry.clusterWide())
                .maxDuration(longest)
                .requesters(list(entry.requesters()))
                .approvals(
                        entry.approvals() == null
                                ? profile.approvals()
                                : entry.approvals().required())
                .approvers(
                        entry.approvals() == null
                                ? List.of()
                                : list(entry.approvals().approvers()))
                .insiders(
                        entry.approvals() == null
                                ? Insiders.Refuse
                                : entry.approvals().insiders())
                .principal(principal)
                .breakGlass(breakGlass)
                .accepted(accepted)
                .author(Optional.ofNullable(entry.entitledBy()))
                .authorGroups(list(entry.entitledByAs()))
                .via(Optional.ofNullable(entry.entitledByVia()))
                .contentHash(contentHash(entry))
                .reachHash(ContentHash.of(
                        entry.role().kind().name(),
                        entry.role().name(),
                        entry.clusterWide() ? "*" : String.join(",", namespaces),
                        principal.name()
                                + accepted.stream()
                                        .map(risk -> "+" + risk)
                                        .sorted()
                                        .collect(Collectors.joining())))
                .build();
    }

    /**
     * A hash over what is written, so that a field of a later version does not change the hash of an entry without it.
     */
    private static String contentHash(EligibleEntry entry) {
        try {
            return ContentHash.of(WRITTEN.writeValueAsString(entry));
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException("a record of strings can be written", impossible);
        }
    }

    private static BreakGlass breakGlass(EligibleEntry.BreakGlass written, Profile profile) {
        Duration total = Durations.parse(written.maxTotal()).orElse(Duration.ZERO);
        Duration one = capped(written.maxDuration(), profile);
        return new BreakGlass(one.compareTo(total) > 0 ? total : one, total);
    }

    private static Duration capped(String written, Profile profile) {
        Duration longest = Durations.parse(written).orElse(Duration.ZERO);
        return longest.compareTo(profile.longestGrant()) > 0 ? profile.longestGrant() : longest;
    }

    private static List<String> sorted(@Nullable List<String> values) {
        return list(values).stream().sorted().distinct().toList();
    }

    private static <T> List<T> list(@Nullable List<T> values) {
        return values == null ? List.of() : List.copyOf(values);
    }
}
