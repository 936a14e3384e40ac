package dev.lapse.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The generated parts of the reference say what the code says. */
class ReferencePagesTest {
    static Stream<Map.Entry<Path, String>> pages() throws IOException {
        return new ReferencePages(Docs.ROOT).all().entrySet().stream();
    }

    @ParameterizedTest
    @MethodSource("pages")
    void isUpToDate(Map.Entry<Path, String> page) throws IOException {
        assertThat(Files.readString(page.getKey()))
                .as("%s is out of date: run dev/generate", Docs.ROOT.relativize(page.getKey()))
                .isEqualTo(page.getValue());
    }
}
