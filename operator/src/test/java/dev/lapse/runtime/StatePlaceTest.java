package dev.lapse.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Nobody has to say where: an operator that was told nothing remembers as well. */
class StatePlaceTest {
    @TempDir
    private Path folder;

    @Test
    void asShippedItFindsAPlaceItself() throws Exception {
        String asShipped = Settings.load(Map.of(), Map.of(), null).endedFile();

        assertThat(StatePlace.of(asShipped, "operator-1", Map.of("STATE_DIRECTORY", folder.toString())))
                .contains(new StatePlace(folder.resolve("ended-operator-1"), true));
    }

    @Test
    void eachInstanceOfAMachineHasAFileOfItsOwn() {
        Map<String, String> here = Map.of("STATE_DIRECTORY", folder.toString());

        assertThat(StatePlace.of("auto", "operator", here)).isNotEqualTo(StatePlace.of("auto", "operator-2", here));
        assertThat(StatePlace.of("auto", "../a b/c", here).orElseThrow().file())
                .isEqualTo(folder.resolve("ended-.._a_b_c"));
    }

    @Test
    void whoeverSaysWhereHasTheLastWord() {
        assertThat(StatePlace.of("", "operator", Map.of())).isEmpty();
        assertThat(StatePlace.of("/disk/ended", "operator", Map.of("STATE_DIRECTORY", "/elsewhere")))
                .contains(new StatePlace(Path.of("/disk/ended"), false));
        assertThat(StatePlace.folders(Map.of("STATE_DIRECTORY", "/a/lapse:/b", "HOME", "/home/olivia")))
                .containsExactly(Path.of("/a/lapse"));
    }

    @Test
    void elseItIsThePlaceOfTheMachineOrOfTheUser() {
        assertThat(StatePlace.folders(Map.of("HOME", "/home/olivia")))
                .containsExactly(Path.of("/var/lib/lapse"), Path.of("/home/olivia/.local/state/lapse"));
        assertThat(StatePlace.folders(Map.of("HOME", "/home/olivia", "XDG_STATE_HOME", "/state")))
                .containsExactly(
                        Path.of("/var/lib/lapse"), Path.of("/state/lapse"), Path.of("/home/olivia/.local/state/lapse"));
        assertThat(StatePlace.folders(Map.of())).containsExactly(Path.of("/var/lib/lapse"));
    }

    /** Also on a machine whose file system is read-only but for some folder; where nothing can be written, the write says so. */
    @Test
    void theFirstThatCanBeWrittenIsTaken() throws IOException {
        Path taken = Files.writeString(folder.resolve("taken"), "a file, where a folder should be");

        assertThat(StatePlace.firstWritable(List.of(taken, folder.resolve("free"))))
                .isEqualTo(folder.resolve("free"));
        assertThat(StatePlace.firstWritable(List.of(taken, taken.resolve("below"))))
                .isEqualTo(taken);
    }
}
