package dev.lapse.runtime;

import dev.lapse.api.v1alpha1.Durations;
import dev.lapse.identity.Profile;

/** The settings as tables for the reference. */
public final class SettingsReference {
    private SettingsReference() {}

    public static String settings() {
        StringBuilder table =
                new StringBuilder("| setting | environment | default | what it is |\n|---|---|---|---|\n");
        for (Settings.Name name : Settings.Name.values()) {
            table.append("| `%s` | `LAPSE_%s` | %s | %s |\n"
                    .formatted(
                            name.text(),
                            name.name(),
                            name.fallback.isEmpty() ? "empty" : "`" + name.fallback + "`",
                            name.description));
        }
        return table.toString();
    }

    public static String profiles() {
        StringBuilder table = new StringBuilder(
                "| actor type | `longest-grant` | `approvals` | `principal` | `valid-until-required` |\n|---|---|---|---|---|\n");
        Profile.defaults()
                .forEach((type, profile) -> table.append("| %s | `%s` | %d | %s | %s |\n"
                        .formatted(
                                type,
                                Durations.format(profile.longestGrant()),
                                profile.approvals(),
                                profile.principal(),
                                profile.validUntilRequired())));
        return table.toString();
    }
}
