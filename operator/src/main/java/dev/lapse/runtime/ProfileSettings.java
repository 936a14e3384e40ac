package dev.lapse.runtime;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lapse.api.v1alpha1.ActorType;
import dev.lapse.api.v1alpha1.Durations;
import dev.lapse.api.v1alpha1.PrincipalType;
import dev.lapse.identity.Profile;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/**
 * The part of the settings file that says what each actor type allows. A value that it leaves out keeps its default.
 */
final class ProfileSettings {
    private ProfileSettings() {}

    static Map<ActorType, Profile> read(JsonNode tree) throws Settings.Invalid {
        Map<ActorType, Profile> profiles = new EnumMap<>(Profile.defaults());
        for (Map.Entry<String, JsonNode> property : tree.properties()) {
            String where = "setting profiles." + property.getKey() + " in the settings file";
            ActorType type = oneOf(where, property.getKey(), ActorType.values());
            Profile before = profiles.get(type);
            if (before != null) {
                profiles.put(type, profile(where, property.getValue(), before));
            }
        }
        return profiles;
    }

    private static Profile profile(String where, JsonNode tree, Profile before) throws Settings.Invalid {
        Set<String> known = Set.of("longest-grant", "approvals", "principal", "valid-until-required");
        for (Map.Entry<String, JsonNode> property : tree.properties()) {
            if (!known.contains(property.getKey())) {
                throw new Settings.Invalid(where + ": there is no " + property.getKey() + "; there are "
                        + String.join(", ", known.stream().sorted().toList()));
            }
        }
        Duration longest = before.longestGrant();
        if (tree.has("longest-grant")) {
            String text = tree.get("longest-grant").asText();
            longest = Durations.parse(text)
                    .orElseThrow(() -> new Settings.Invalid(
                            where + ".longest-grant is \"" + text + "\": must be a duration such as 8h"));
        }
        int approvals = tree.path("approvals").asInt(before.approvals());
        if (approvals < 0
                || approvals > 5
                || (tree.has("approvals") && !tree.get("approvals").isInt())) {
            throw new Settings.Invalid(where + ".approvals: must be a whole number from 0 to 5");
        }
        PrincipalType principal = tree.has("principal")
                ? oneOf(where + ".principal", tree.get("principal").asText(), PrincipalType.values())
                : before.principal();
        if (tree.has("valid-until-required")
                && !tree.get("valid-until-required").isBoolean()) {
            throw new Settings.Invalid(where + ".valid-until-required: must be true or false");
        }
        return new Profile(
                longest,
                approvals,
                principal,
                tree.path("valid-until-required").asBoolean(before.validUntilRequired()));
    }

    private static <E extends Enum<E>> E oneOf(String where, String text, E[] values) throws Settings.Invalid {
        Function<E, String> name = Enum::name;
        return Arrays.stream(values)
                .filter(value -> value.name().equals(text))
                .findFirst()
                .orElseThrow(() -> new Settings.Invalid(where + ": \"" + text + "\" is none of "
                        + String.join(", ", List.of(values).stream().map(name).toList())));
    }
}
