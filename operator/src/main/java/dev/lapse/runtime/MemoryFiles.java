package dev.lapse.runtime;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.lapse.memory.Elsewhere;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps each ConfigMap of the memory in a file beside that of ended grants, as it is, with its seal. */
final class MemoryFiles implements Elsewhere {
    private static final Logger LOG = LoggerFactory.getLogger(MemoryFiles.class);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path beside;

    private MemoryFiles(Path beside) {
        this.beside = beside;
    }

    /** @param endedFile empty if there is none */
    static Elsewhere beside(String endedFile) {
        return endedFile.isEmpty() ? Elsewhere.NOWHERE : new MemoryFiles(Path.of(endedFile));
    }

    @Override
    public synchronized Map<String, String> read(int number) {
        Path file = file(number);
        try {
            return Files.exists(file)
                    ? JSON.readValue(Files.readAllBytes(file), new TypeReference<Map<String, String>>() {})
                    : Map.of();
        } catch (IOException | RuntimeException unreadable) {
            tell(
                    "what is remembered could not be read: an older one that is put back is not noticed",
                    file,
                    unreadable);
            return Map.of();
        }
    }

    /** Whole or not at all. */
    @Override
    public synchronized void keep(int number, Map<String, String> data) {
        Path file = file(number);
        try {
            Path next = file.resolveSibling(file.getFileName() + ".new");
            Files.write(next, JSON.writeValueAsBytes(data));
            Files.move(next, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException | RuntimeException failed) {
            tell("what is remembered could not be kept outside the cluster", file, failed);
        }
    }

    private Path file(int number) {
        return beside.resolveSibling(beside.getFileName() + ".memory-%02d".formatted(number));
    }

    private static void tell(String what, Path file, Exception failed) {
        LOG.atError()
                .addKeyValue("file", file)
                .addKeyValue("error", failed.toString())
                .log(what);
    }
}
