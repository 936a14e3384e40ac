package dev.lapse.runtime;

import dev.lapse.grant.EndedGrants;
import dev.lapse.grant.EndedGrants.Ended;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Keeps ended grants in a file, one a line: the UID, and the second in which the grant's time would have been over.
 */
final class EndedFile implements EndedGrants.Store {
    private static final Pattern LINE = Pattern.compile("([-0-9a-zA-Z]{1,64}) (\\d{1,12})");

    private static final Duration PATIENCE = Duration.ofSeconds(1);
    private static final Duration PATIENCE_AT_START = Duration.ofSeconds(5);

    private final StatePlace place;
    private final DiskAlarm alarm;
    private final Disk disk = new Disk();

    /** Set if the file could not be read: then it must not be overwritten. */
    private volatile boolean unread;

    private EndedFile(StatePlace place, DiskAlarm alarm) {
        this.place = place;
        this.alarm = alarm;
    }

    static EndedGrants.Store of(Optional<StatePlace> place, DiskAlarm alarm) {
        return place.<EndedGrants.Store>map(known -> new EndedFile(known, alarm))
                .orElse(EndedGrants.Store.NONE);
    }

    /** A line that was cut off when the machine stopped is left out. */
    @Override
    public List<Ended> read() {
        try {
            return disk.call(PATIENCE_AT_START, this::all);
        } catch (IOException unreadable) {
            unread = true;
            alarm.failed(
                    "ended grants could not be read: what a restore of etcd brings back is not known",
                    place.file(),
                    unreadable);
            return List.of();
        }
    }

    private List<Ended> all() throws IOException {
        List<Ended> all = new ArrayList<>();
        for (Path file : place.all("")) {
            try {
                for (String line : Files.readAllLines(file)) {
                    Matcher match = LINE.matcher(line);
                    if (match.matches()) {
                        all.add(new Ended(match.group(1), Instant.ofEpochSecond(Long.parseLong(match.group(2)))));
                    }
                }
            } catch (IOException | RuntimeException unreadable) {
                if (file.equals(place.file())) {
                    throw unreadable;
                }
                place.tellOfAnothers(file, unreadable);
            }
        }
        return all;
    }

    @Override
    public void add(Ended ended) {
        try {
            disk.call(
                    PATIENCE,
                    () -> Files.writeString(
                            place.file(), line(ended), StandardOpenOption.CREATE, StandardOpenOption.APPEND));
            alarm.works(place.file());
        } catch (IOException failed) {
            alarm.failed("an ended grant could not be kept", place.file(), failed);
        }
    }

    /** Replaces the file whole or not at all. */
    @Override
    public void replaceAll(Collection<Ended> ended) {
        if (unread) {
            return;
        }
        String lines = ended.stream().map(EndedFile::line).collect(Collectors.joining());
        try {
            disk.call(PATIENCE, () -> written(lines));
            alarm.works(place.file());
        } catch (IOException failed) {
            alarm.failed("ended grants could not be kept", place.file(), failed);
        }
    }

    private Path written(String lines) throws IOException {
        Path beside = place.beside(".new");
        Files.createDirectories(beside.toAbsolutePath().getParent());
        Files.writeString(beside, lines);
        return Files.move(beside, place.file(), StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    }

    private static String line(Ended ended) {
        return ended.uid() + " " + ended.until().getEpochSecond() + "\n";
    }
}
