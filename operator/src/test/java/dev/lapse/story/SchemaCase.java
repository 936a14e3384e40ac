package dev.lapse.story;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * One folder or file below {@code crd/}: what is there before, what is applied, and the message that refuses it.
 *
 * <p>{@code valid-*.yaml} and {@code edit-valid-*} are accepted. The others begin with {@code # expects: } and words of
 * the refusal. {@code # as: } names who applies it, if that is not the usual person. {@code # guard: } stands in an accepted
 * one that the schema lets pass and nobody may write in one go: with these words the guard, which is asked last, refuses it.
 */
record SchemaCase(String title, Optional<Path> before, Path file) {
    private static final Pattern COMMENT = Pattern.compile("^# (expects|as|guard): (.+)$", Pattern.MULTILINE);
    private static final Pattern FILE =
            Pattern.compile("(valid-.+|invalid-[a-zA-Z]+-.+)\\.yaml|invalid-spec-missing\\.yaml");

    static List<SchemaCase> all() {
        try (Stream<Path> kinds = Files.list(folder())) {
            return kinds.flatMap(kind -> list(kind).stream())
                    .map(SchemaCase::of)
                    .sorted((one, other) -> one.title().compareTo(other.title()))
                    .toList();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    /** A file that fits no pattern would never be applied by anybody: it is an error, not left aside. */
    private static SchemaCase of(Path path) {
        String name = path.getFileName().toString();
        String title = path.getParent().getFileName() + "/" + name;
        if (Files.isDirectory(path)) {
            List<String> files = list(path).stream()
                    .map(file -> file.getFileName().toString())
                    .sorted()
                    .toList();
            if (!name.startsWith("edit-") || !files.equals(List.of("after.yaml", "before.yaml"))) {
                throw new AssertionError(title + " is no edit-<field>-<why> with before.yaml and after.yaml: " + files);
            }
            return new SchemaCase(title, Optional.of(path.resolve("before.yaml")), path.resolve("after.yaml"));
        }
        if (!FILE.matcher(name).matches()) {
            throw new AssertionError(title + " is used by no test: call it valid-*.yaml or invalid-<field>-<why>.yaml");
        }
        return new SchemaCase(title, Optional.empty(), path);
    }

    boolean accepted() {
        String name = title.substring(title.indexOf('/') + 1);
        return name.startsWith("valid-") || name.startsWith("edit-valid-");
    }

    String expects() {
        return comment(file, "expects").orElseThrow(() -> new AssertionError(title + " lacks '# expects: '"));
    }

    /** The guard's words, if nobody may write what the schema accepts here. */
    Optional<String> guard() {
        return comment(file, "guard");
    }

    boolean expectsNothing() {
        return comment(file, "expects").isEmpty();
    }

    /** As the API server's paths name the kind. */
    String plural() {
        String kind = title.substring(0, title.indexOf('/'));
        return kind.equals("serviceidentity") ? "serviceidentities" : kind + "s";
    }

    String personFor(Path applied) {
        return comment(applied, "as").orElse(usualAuthor(plural()));
    }

    /** Who writes objects of a kind: nobody but the operator opens reviews. */
    static String usualAuthor(String plural) {
        return switch (plural) {
            case "privilegegrants" -> "rashid";
            case "accessreviews" -> "operator";
            default -> "olivia";
        };
    }

    static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    @Override
    public String toString() {
        return title;
    }

    private static Optional<String> comment(Path file, String kind) {
        Matcher comments = COMMENT.matcher(text(file));
        while (comments.find()) {
            if (comments.group(1).equals(kind)) {
                return Optional.of(comments.group(2).strip());
            }
        }
        return Optional.empty();
    }

    private static List<Path> list(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.toList();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    private static Path folder() {
        return Cluster.root().resolve("operator/src/test/resources/crd");
    }
}
