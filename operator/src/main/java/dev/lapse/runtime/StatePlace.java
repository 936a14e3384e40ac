package dev.lapse.runtime;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where on this machine the operator keeps what must survive a restore of the cluster.
 *
 * @param file of this instance alone: if two instances wrote one file, each would lose what the other added
 * @param withOthers whether it also reads the files of other instances in that folder, because one of them may have
 *     led before
 */
record StatePlace(Path file, boolean withOthers) {
    /** The value of setting ended-file with which the instance chooses a place itself. */
    static final String AUTO = "auto";

    private static final Logger LOG = LoggerFactory.getLogger(StatePlace.class);

    /** Files of instances that are gone stay, so only the latest ones are read: they know most. */
    private static final int MOST_OTHERS = 8;

    private static final String PREFIX = "ended-";
    private static final String OF_THE_MACHINE = "/var/lib/lapse";

    /**
     * @param setting ended-file
     * @return absent if an administrator wants no file
     */
    static Optional<StatePlace> of(String setting, String instance, Map<String, String> environment) {
        if (setting.isEmpty()) {
            return Optional.empty();
        }
        if (!setting.equals(AUTO)) {
            return Optional.of(new StatePlace(Path.of(setting), false));
        }
        String name = PREFIX + instance.replaceAll("[^A-Za-z0-9._-]", "_");
        return Optional.of(new StatePlace(firstWritable(folders(environment)).resolve(name), true));
    }

    /** The folders to try: the one that the starter of the process names, then the machine's, then the user's. */
    static List<Path> folders(Map<String, String> environment) {
        String told = environment.getOrDefault("STATE_DIRECTORY", "");
        if (!told.isEmpty()) {
            // systemd names several with colons between them.
            return List.of(Path.of(told.split(":", 2)[0]));
        }
        String state = environment.getOrDefault("XDG_STATE_HOME", "");
        String home = environment.getOrDefault("HOME", "");
        return Stream.of(
                        Path.of(OF_THE_MACHINE),
                        state.isEmpty() ? null : Path.of(state, "lapse"),
                        home.isEmpty() ? null : Path.of(home, ".local", "state", "lapse"))
                .flatMap(Stream::ofNullable)
                .toList();
    }

    /** If none can be written, the first one: the first write to it then says why. */
    static Path firstWritable(List<Path> folders) {
        return folders.stream().filter(StatePlace::writable).findFirst().orElse(folders.get(0));
    }

    private static boolean writable(Path folder) {
        try {
            Files.createDirectories(folder);
            return Files.isWritable(folder);
        } catch (IOException | RuntimeException refused) {
            return false;
        }
    }

    /** Another file of the same instance. */
    Path beside(String ending) {
        return file.resolveSibling(file.getFileName() + ending);
    }

    /** The files with that ending: this instance's first, then those of others. */
    List<Path> all(String ending) throws IOException {
        Path own = beside(ending);
        Path folder = own.toAbsolutePath().getParent();
        if (!withOthers || folder == null || !Files.isDirectory(folder)) {
            return Files.exists(own) ? List.of(own) : List.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return Stream.concat(
                            Stream.of(own).filter(Files::exists),
                            files.filter(other -> !other.getFileName().equals(own.getFileName()))
                                    .filter(other ->
                                            isOfAnother(other.getFileName().toString(), ending))
                                    .sorted(Comparator.comparing(StatePlace::writtenAt)
                                            .reversed()
                                            .thenComparing(Comparator.naturalOrder()))
                                    .limit(MOST_OTHERS))
                    .toList();
        }
    }

    private static Instant writtenAt(Path file) {
        try {
            return Files.getLastModifiedTime(file).toInstant();
        } catch (IOException gone) {
            return Instant.EPOCH;
        }
    }

    /** Another instance's file cannot be mended here. It is reported once, where it is read. */
    void tellOfAnothers(Path file, Exception unreadable) {
        LOG.atWarn()
                .addKeyValue("file", file)
                .addKeyValue("error", unreadable.toString())
                .log("what another instance kept could not be read");
    }

    private static boolean isOfAnother(String name, String ending) {
        boolean ofMemory = name.contains(MemoryFiles.ENDING);
        return name.startsWith(PREFIX)
                && !name.endsWith(".new")
                && (ending.isEmpty() ? !ofMemory : name.endsWith(ending));
    }
}
