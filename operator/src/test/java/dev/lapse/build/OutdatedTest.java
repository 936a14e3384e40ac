package dev.lapse.build;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What dev/outdated makes of the answers of mvn and go, which are given here; nobody is asked. */
class OutdatedTest {
    private static final Path ROOT = Path.of(System.getProperty("lapse.root", ".."));
    private static final String NEWS = """
            [INFO] Scanning for projects...
            [INFO] The following version properties are referencing the newest available version:
            [INFO]   ${picocli.version} ............................................ 4.7.7
            [INFO] The following version property updates are available:
            [INFO]   ${jetty.version} .................................. 12.1.14 -> 12.2.0
            [INFO]   ${fabric8.crd-generator.version} ..................... 7.5.2 -> 8.0.0
            [INFO]   org.example.a.very.long.group:a-plugin-whose-name-is-very-long ...
            [INFO]                                                           1.0 -> 1.1
            [INFO]   maven-jar-plugin ................................... 3.4.2 -> 3.5.1
            [INFO] Require Maven 4.0.0 to use the following plugin updates:
            [INFO]   maven-jar-plugin ................................... 3.4.2 -> 4.0.0
            [INFO] BUILD SUCCESS
            """;

    @TempDir
    private Path folder;

    private record Ran(int exit, String out, String errors) {}

    @BeforeEach
    void answers() throws IOException {
        answer("mvn", 0, NEWS);
        answer("go", 0, "");
    }

    @Test
    void eachThatIsBehindIsOneLine() throws Exception {
        answer("go", 0, "\nk8s.io/kubernetes v1.36.3 v1.37.2\n\n");

        Ran ran = outdated();

        assertThat(ran.exit()).as(ran.errors()).isZero();
        assertThat(ran.out().lines().map(line -> line.replaceAll(" +", " ")))
                .containsExactly(
                        "a-plugin-whose-name-is-very-long 1.0 1.1",
                        "fabric8.crd-generator 7.5.2 8.0.0",
                        "jetty 12.1.14 12.2.0",
                        "maven-jar-plugin 3.4.2 3.5.1",
                        "k8s.io/kubernetes v1.36.3 v1.37.2");
    }

    @Test
    void whatTheControlPlaneIsBuiltFromIsAskedAboutByModule() throws Exception {
        outdated();

        assertThat(Files.readString(folder.resolve("go.asked")))
                .contains("list -m -u", "k8s.io/kubernetes", "go.etcd.io/etcd/server/v3")
                .doesNotContain("k8s.io/api ");
    }

    @Test
    void whereNothingIsBehindThatIsSaid() throws Exception {
        answer("mvn", 0, "[INFO] BUILD SUCCESS\n");

        Ran ran = outdated();

        assertThat(ran.exit()).isZero();
        assertThat(ran.out()).isEmpty();
        assertThat(ran.errors()).isEqualTo("nothing is behind\n");
    }

    /** Maven goes by what it was told last and says success. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "[WARNING] Could not transfer metadata org.example:a/maven-metadata.xml from/to somewhere",
                "[WARNING] The metadata could not be retrieved: Cannot access somewhere in offline mode",
            })
    void aRegistryThatIsNotReachedIsAnError(String warning) throws Exception {
        answer("mvn", 0, NEWS + warning + "\n");

        Ran ran = outdated();

        assertThat(ran.exit()).isEqualTo(1);
        assertThat(ran.out()).isEmpty();
        assertThat(ran.errors()).contains(warning, "error: the Maven registry could not be asked");
    }

    @Test
    void soIsAModuleProxyThatIsNotReached() throws Exception {
        answer("go", 1, "dial tcp: connection refused\n");

        Ran ran = outdated();

        assertThat(ran.exit()).isEqualTo(1);
        assertThat(ran.out()).isEmpty();
        assertThat(ran.errors()).contains("connection refused", "error: the Go module proxy could not be asked");
    }

    @Test
    void aBuildThatFailsIsAnError() throws Exception {
        answer("mvn", 1, "[ERROR] Non-resolvable import POM\n");

        assertThat(outdated().exit()).isEqualTo(1);
    }

    @Test
    void helpAsksNobody() throws Exception {
        Ran ran = outdated("--help");

        assertThat(ran.exit()).isZero();
        assertThat(ran.out()).startsWith("Usage: dev/outdated");
        assertThat(folder.resolve("mvn.asked")).doesNotExist();
    }

    @Test
    void anythingElseIsRefused() throws Exception {
        assertThat(outdated("--all").exit()).isEqualTo(1);
    }

    @Test
    void everyVersionPropertyIsAskedAbout() throws IOException {
        String pom = Files.readString(ROOT.resolve("pom.xml"));
        String properties = pom.substring(pom.indexOf("<properties>"), pom.indexOf("</properties>"));

        assertThat(found("<([\\w.-]+\\.version)>", properties))
                .containsExactlyInAnyOrderElementsOf(found("<name>([\\w.-]+\\.version)</name>", pom));
    }

    @Test
    void noVersionIsOutsideThePropertiesAndThePlugins() throws IOException {
        String pom = Files.readString(ROOT.resolve("operator/pom.xml"));
        String dependencies = pom.substring(pom.indexOf("<dependencies>"), pom.indexOf("</dependencies>"));

        assertThat(found("<version>(.*)</version>", dependencies))
                .isNotEmpty()
                .allMatch(version -> version.startsWith("${"));
    }

    private static List<String> found(String pattern, String text) {
        return Pattern.compile(pattern)
                .matcher(text)
                .results()
                .map(match -> match.group(1))
                .toList();
    }

    private void answer(String command, int exit, String text) throws IOException {
        Files.writeString(folder.resolve(command + ".answer"), text);
        Path file = Files.writeString(folder.resolve(command), """
                #!/bin/sh
                case "$*" in 'env GOPROXY') echo direct; exit ;; esac
                echo "$* " >"%1$s.asked"
                cat "%1$s.answer"
                exit %2$d
                """.formatted(folder.resolve(command), exit));
        assertThat(file.toFile().setExecutable(true)).isTrue();
    }

    private Ran outdated(String... arguments) throws Exception {
        Path errors = folder.resolve("errors");
        ProcessBuilder script = new ProcessBuilder(new ArrayList<>(List.of(arguments)));
        script.command().add(0, ROOT.resolve("dev/outdated").toAbsolutePath().toString());
        script.environment().merge("PATH", folder + ":", (path, ours) -> ours + path);
        Process process = script.redirectError(errors.toFile()).start();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
        return new Ran(process.exitValue(), out, Files.readString(errors));
    }
}
