package dev.lapse.cli;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** What somebody typed for an object: {@code name}, or {@code kind/name} as kubectl takes and prints it. */
record ObjectName(Optional<Kind> kind, String name) {
    enum Kind {
        PrivilegeGrant("privilegegrant", "privilegegrants", "pgrant"),
        ServiceIdentity("serviceidentity", "serviceidentities", "sid"),
        AccessReview("accessreview", "accessreviews", "areview");

        private final Set<String> words;

        Kind(String... words) {
            this.words = Set.of(words);
        }
    }

    static ObjectName of(String text) {
        int slash = text.indexOf('/');
        if (slash < 0) {
            return new ObjectName(Optional.empty(), text);
        }
        String word = text.substring(0, slash).toLowerCase(Locale.ROOT).replaceFirst("\\.lapse\\.dev$", "");
        Kind kind = Arrays.stream(Kind.values())
                .filter(each -> each.words.contains(word))
                .findFirst()
                .orElseThrow(
                        () -> Failure.with(
                                ExitCode.USAGE,
                                "'" + text
                                        + "' names no kind of Lapse: write privilegegrant/NAME, serviceidentity/NAME or accessreview/NAME"));
        return new ObjectName(Optional.of(kind), text.substring(slash + 1));
    }

    boolean mayBe(Kind wanted) {
        return kind.isEmpty() || kind.get() == wanted;
    }
}
