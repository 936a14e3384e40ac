package dev.lapse.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The shipped start script gives the JVM a heap that follows the container's limit, and ends it when memory runs out. */
class StartScriptTest {
    private static final Path SCRIPT = Path.of("src/main/dist/lapse-operator");

    @TempDir
    private Path folder;

    @BeforeEach
    void aJavaThatSaysHowItWasCalled() throws IOException {
        Path java = Files.createDirectory(folder.resolve("bin")).resolve("java");
        Files.writeString(java, "#!/bin/sh\nprintf '%s\\n' \"$@\"\n");
        assertThat(java.toFile().setExecutable(true)).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "536870912, -Xmx307m",
        "335544320, -Xmx192m",
        "1073741824, -Xmx614m",
        "max, -Xmx192m",
        "9223372036854771712, -Xmx192m",
        "'', -Xmx192m",
    })
    void theHeapIsSixtyPercentOfTheLimitAndThereIsOneWithoutALimit(String limit, String heap) throws Exception {
        Path file = Files.writeString(folder.resolve("memory.max"), limit + "\n");

        List<String> arguments = started(Map.of("LAPSE_MEMORY_LIMIT_FILE", file.toString()), "run");

        assertThat(arguments)
                .filteredOn(argument -> argument.startsWith("-Xmx"))
                .containsExactly(heap);
        assertThat(arguments)
                .contains("-XX:+ExitOnOutOfMemoryError", "-XX:+UseSerialGC")
                .endsWith("-jar", "the.jar", "run");
    }

    /** Of two the JVM takes the last. */
    @Test
    void whoeverInstallsItHasTheLastWord() throws Exception {
        List<String> arguments = started(Map.of("LAPSE_JAVA_OPTS", "-Xmx100m -Dx=y"), "settings");

        assertThat(arguments).endsWith("-Xmx100m", "-Dx=y", "-jar", "the.jar", "settings");
    }

    @Test
    void takesTheArchiveOfClassesThatLiesBesideTheJar() throws Exception {
        Path jar = folder.resolve("with a space.jar");
        Path archive = folder.resolve("with a space-run.jsa");
        Files.writeString(jar, "");

        assertThat(started(Map.of("LAPSE_JAR", jar.toString()), "run")).noneMatch(StartScriptTest::isArchive);

        Files.writeString(archive, "");
        assertThat(started(Map.of("LAPSE_JAR", jar.toString()), "run")).contains("-XX:SharedArchiveFile=" + archive);
        assertThat(started(Map.of("LAPSE_JAR", jar.toString(), "LAPSE_CLASS_ARCHIVE", "none"), "run"))
                .noneMatch(StartScriptTest::isArchive);
    }

    @Test
    void takesNoArchiveOfAnEarlierJar() throws Exception {
        Path jar = Files.writeString(folder.resolve("the.jar"), "");
        Path archive = Files.writeString(folder.resolve("the-run.jsa"), "");
        Files.setLastModifiedTime(
                archive,
                FileTime.from(Files.getLastModifiedTime(jar).toInstant().minusSeconds(1)));

        assertThat(started(Map.of("LAPSE_JAR", jar.toString()), "run")).noneMatch(StartScriptTest::isArchive);
    }

    private static boolean isArchive(String argument) {
        return argument.startsWith("-XX:SharedArchiveFile");
    }

    private List<String> started(Map<String, String> environment, String command) throws Exception {
        ProcessBuilder script = new ProcessBuilder("sh", SCRIPT.toString(), command);
        script.environment().remove("LAPSE_JAVA_OPTS");
        script.environment().put("JAVA_HOME", folder.toString());
        script.environment().put("LAPSE_JAR", "the.jar");
        script.environment().putAll(environment);
        Process process = script.redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(said).isZero();
        return said.lines().toList();
    }
}
