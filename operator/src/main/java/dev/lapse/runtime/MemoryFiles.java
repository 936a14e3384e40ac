package dev.lapse.runtime;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.lapse.memory.Elsewhere;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Keeps each ConfigMap of the memory in a file beside that of ended grants: the same content, with its seal. */
final class MemoryFiles implements Elsewhere {
    static final String ENDING = ".memory-";
    private static final ObjectMapper JSON = new ObjectMapper();

    private static final Duration PATIENCE = Duration.ofSeconds(1);
    private static final Duration PATIENCE_AT_START = Duration.ofSeconds(5);

    private final StatePlace place;
    private final DiskAlarm alarm;
    private final Disk disk = new Disk();

    private MemoryFiles(StatePlace place, DiskAlarm alarm) {
        this.place = place;
        this.alarm = alarm;
    }

    static Elsewhere beside(Optional<StatePlace> ended, DiskAlarm alarm) {
        return ended.<Elsewhere>map(known -> new MemoryFiles(known, alarm)).orElse(Elsewhere.NOWHERE);
    }

    @Override
    public synchronized List<Map<String, String>> read(int number) {
        try {
            return disk.call(PATIENCE_AT_START, () -> all(number));
        } catch (IOException unreadable) {
            tell(place.beside(ending(number)), unreadable);
            return List.of();
        }
    }

    private List<Map<String, String>> all(int number) throws IOException {
        List<Map<String, String>> all = new ArrayList<>();
        for (Path file : place.all(ending(number))) {
            try {
                all.add(JSON.readValue(Files.readAllBytes(file), new TypeReference<Map<String, String>>() {}));
            } catch (IOException | RuntimeException unreadable) {
                if (file.equals(place.beside(ending(number)))) {
                    tell(file, unreadable);
                } else {
                    place.tellOfAnothers(file, unreadable);
                }
            }
        }
        return all;
    }

    private void tell(Path file, Exception unreadable) {
        alarm.failed(
                "what is remembered could not be read: an older one that is put back is not noticed", file, unreadable);
    }

    /** Replaces the file whole or not at all. */
    @Override
    public synchronized void keep(int number, Map<String, String> data) {
        Path file = place.beside(ending(number));
        try {
            byte[] content = JSON.writeValueAsBytes(data);
            disk.call(PATIENCE, () -> written(place.beside(ending(number) + ".new"), content, file));
            alarm.works(file);
        } catch (IOException failed) {
            alarm.failed("what is remembered could not be kept outside the cluster", file, failed);
        }
    }

    private static Path written(Path next, byte[] content, Path file) throws IOException {
        Files.write(next, content);
        return Files.move(next, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    }

    private static String ending(int number) {
        return ENDING + "%02d".formatted(number);
    }
}
