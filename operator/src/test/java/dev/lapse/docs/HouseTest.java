package dev.lapse.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What DESIGN.md says of the structure is so: what it sends a reader to is there, once, and its packages are the packages. */
class HouseTest {
    private static final Path SOURCES = Docs.ROOT.resolve("operator/src/main/java/dev/lapse");
    private static final Pattern NAME = Pattern.compile("`([A-Z][A-Za-z]+)`");
    private static final Pattern PACKAGE = Pattern.compile("^\\| `([a-z][a-z0-9.]+)` \\|", Pattern.MULTILINE);

    @Test
    void eachQuestionHasOneAnswer() throws IOException {
        String section = section("### Where does this change?");

        List<String> named = NAME.matcher(section)
                .results()
                .map(name -> name.group(1))
                .filter(name -> !name.equals("HouseTest") && !name.equals("StatusSeal"))
                .distinct()
                .toList();

        assertThat(named)
                .hasSizeGreaterThan(10)
                .allSatisfy(name -> assertThat(files())
                        .filteredOn(file -> file.getFileName().toString().equals(name + ".java"))
                        .as(name)
                        .hasSize(1));
    }

    @Test
    void eachPackageIsInATable() throws IOException {
        Set<String> told = PACKAGE.matcher(Files.readString(Docs.ROOT.resolve("operator/DESIGN.md")))
                .results()
                .map((MatchResult row) -> row.group(1))
                .collect(Collectors.toSet());

        Set<String> there = files().stream()
                .map(file -> SOURCES.relativize(file.getParent()).toString().replace('/', '.'))
                .collect(Collectors.toSet());

        assertThat(told).containsAll(there);
    }

    private static String section(String title) throws IOException {
        String design = Files.readString(Docs.ROOT.resolve("operator/DESIGN.md"));
        int from = design.indexOf(title);
        assertThat(from).as(title).isNotNegative();
        return design.substring(from, design.indexOf("\n##", from + title.length()));
    }

    private static List<Path> files() throws IOException {
        try (Stream<Path> files = Files.walk(SOURCES)) {
            return files.filter(file -> file.toString().endsWith(".java")).toList();
        }
    }
}
