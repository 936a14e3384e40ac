package dev.lapse.runtime;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.lapse.memory.Elsewhere;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Keeps each ConfigMap of the memory in a file beside that of ended grants, as it is, with its seal. */
final class MemoryFiles implements Elsewhere {
    static final String ENDING = ".memory-";
    private static final ObjectMapper JSON = new ObjectMapper();

    private final StatePlace place;
    private final DiskAlarm alarm;

    private MemoryFiles(StatePlace place, DiskAlarm alarm) {
        this.place = place;
        this.alarm = alarm;
    }

    static Elsewhere beside(Optional<StatePlace> ended, DiskAlarm alarm) {
        return ended.<Elsewhere>map(known -> new MemoryFiles(known, alarm)).orElse(Elsewhere.NOWHERE);
    }

    @Override
    public synchronized List<Map<String, String>> read(int number) {
        List<Map<String, String>> read = new ArrayList<>();
        try {
            for (Path file : place.all(ending(number))) {
                read(file).ifPresent(read::add);
            }
        } catch (IOException | RuntimeException unreadable) {
            tell(place.beside(ending(number)), unreadable);
        }
        return read;
    }

    private Optional<Map<String, String>> read(Path file) {
        try {
            return Optional.of(JSON.readValue(Files.readAllBytes(file), new TypeReference<Map<String, String>>() {}));
        } catch (IOException | RuntimeException unreadable) {
            tell(file, unreadable);
            return Optional.empty();
        }
    }

    private void tell(Path file, Exception unreadable) {
        alarm.failed(
                "what is remembered could not be read: an older one that is put back is not noticed", file, unreadable);
    }

    /** Whole or not at all. */
    @Override
    public synchronized void keep(int number, Map<String, String> data) {
        Path file = place.beside(ending(number));
        try {
            Path next = place.beside(ending(number) + ".new");
            Files.write(next, JSON.writeValueAsBytes(data));
            Files.move(next, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
            alarm.works(file);
        } catch (IOException | RuntimeException failed) {
            alarm.failed("what is remembered could not be kept outside the cluster", file, failed);
        }
    }

    private static String ending(int number) {
        return ENDING + "%02d".formatted(number);
    }
}
