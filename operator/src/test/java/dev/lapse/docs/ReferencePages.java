package dev.lapse.docs;

import dev.lapse.access.RiskyPermission;
import dev.lapse.api.v1alpha1.AccessReviewStatus.ReviewPhase;
import dev.lapse.api.v1alpha1.ActorType;
import dev.lapse.api.v1alpha1.EndCause;
import dev.lapse.api.v1alpha1.GrantPhase;
import dev.lapse.api.v1alpha1.ServiceIdentityStatus.EntryState;
import dev.lapse.api.v1alpha1.ServiceIdentityStatus.IdentityPhase;
import dev.lapse.cli.CommandReference;
import dev.lapse.condition.ConditionType;
import dev.lapse.condition.Reason;
import dev.lapse.protection.ProtectionsReference;
import dev.lapse.review.verdict.VerdictReason;
import dev.lapse.runtime.MetricsReference;
import dev.lapse.runtime.SettingsReference;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Fills the generated parts of {@code docs/reference}: what stands between {@code <!-- generated: NAME -->} and
 * {@code <!-- end -->} is made from the code, the rest is written by hand.
 */
public final class ReferencePages {
    private static final Pattern PART =
            Pattern.compile("(<!-- generated: ([a-z -]+) -->\n).*?(<!-- end -->)", Pattern.DOTALL);

    private final Path root;

    ReferencePages(Path root) {
        this.root = root;
    }

    /** Run by {@code dev/generate} in the project's folder. */
    public static void main(String[] args) throws IOException {
        Path root = Path.of("").toAbsolutePath();
        for (Map.Entry<Path, String> page : new ReferencePages(root).all().entrySet()) {
            Files.writeString(page.getKey(), page.getValue());
        }
    }

    /** Each page as it should be. */
    Map<Path, String> all() throws IOException {
        Map<String, String> parts = parts();
        List<String> used = new ArrayList<>();
        Map<Path, String> pages = new TreeMap<>();
        try (Stream<Path> files = Files.list(root.resolve("docs/reference"))) {
            for (Path file :
                    files.filter(each -> each.toString().endsWith(".md")).toList()) {
                pages.put(file, filled(file, parts, used));
            }
        }
        parts.keySet().stream().filter(part -> !used.contains(part)).findFirst().ifPresent(part -> {
            throw new IllegalStateException("no page of docs/reference has a place for " + part);
        });
        return pages;
    }

    private static String filled(Path file, Map<String, String> parts, List<String> used) throws IOException {
        return PART.matcher(Files.readString(file)).replaceAll(match -> {
            String content = parts.get(match.group(2));
            if (content == null) {
                throw new IllegalStateException(file + " asks for " + match.group(2) + ", which nothing makes");
            }
            used.add(match.group(2));
            return Matcher.quoteReplacement(match.group(1) + "\n" + content + "\n" + match.group(3));
        });
    }

    private Map<String, String> parts() throws IOException {
        Path sources = root.resolve("operator/src/main/java");
        Map<String, String> parts = new TreeMap<>();
        for (String kind : List.of("serviceidentity", "privilegegrant", "accessreview")) {
            Path crd = root.resolve(
                    "crds/" + (kind.equals("serviceidentity") ? "serviceidentities" : kind + "s") + ".lapse.dev.yaml");
            parts.put(kind + " columns", CrdReference.columns(crd));
            parts.put(kind + " spec", CrdReference.fields(crd, "spec"));
            parts.put(kind + " rules", CrdReference.rules(crd, "spec"));
            parts.put(kind + " status", CrdReference.fields(crd, "status"));
        }
        parts.put("conditions", EnumReference.table(sources, ConditionType.class));
        parts.put("reasons", EnumReference.table(sources, Reason.class));
        parts.put("grant phases", EnumReference.table(sources, GrantPhase.class));
        parts.put("end causes", EnumReference.table(sources, EndCause.class));
        parts.put("review phases", EnumReference.table(sources, ReviewPhase.class));
        parts.put("verdict reasons", EnumReference.table(sources, VerdictReason.class));
        parts.put("identity phases", EnumReference.table(sources, IdentityPhase.class));
        parts.put("entry states", EnumReference.table(sources, EntryState.class));
        parts.put("actor types", EnumReference.table(sources, ActorType.class));
        parts.put("risky permissions", risks());
        parts.put("settings", SettingsReference.settings());
        parts.put("profiles", SettingsReference.profiles());
        parts.put("metrics", MetricsReference.table());
        parts.put("alerts", AlertRules.table(root));
        parts.put("protections", ProtectionsReference.tables(root));
        parts.put("other stories", ProtectionsReference.otherwise(root));
        parts.put("commands", CommandReference.commands());
        parts.put("common options", CommandReference.common());
        parts.put(
                "exit codes",
                CommandReference.exitCodes(EnumReference.sentences(sources, CommandReference.EXIT_CODES)));
        return parts;
    }

    private static String risks() {
        StringBuilder table = new StringBuilder();
        CrdReference.row(table, "word", "what it says");
        CrdReference.row(table, "---", "---");
        for (RiskyPermission risk : RiskyPermission.values()) {
            CrdReference.row(table, CrdReference.code(risk.name()), risk.description());
        }
        return table.toString();
    }
}
