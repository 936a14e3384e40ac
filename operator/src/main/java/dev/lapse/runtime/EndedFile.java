package dev.lapse.runtime;

import dev.lapse.grant.EndedGrants;
import dev.lapse.grant.EndedGrants.Ended;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps ended grants in a file, one a line: UID, and the second in which its time would have been over. */
final class EndedFile implements EndedGrants.Store {
    private static final Logger LOG = LoggerFactory.getLogger(EndedFile.class);
    private static final Pattern LINE = Pattern.compile("([-0-9a-zA-Z]{1,64}) (\\d{1,12})");

    private final Path file;

    private EndedFile(Path file) {
        this.file = file;
    }

    /** @param file empty if there is none */
    static EndedGrants.Store of(String file) {
        return file.isEmpty() ? EndedGrants.Store.NONE : new EndedFile(Path.of(file));
    }

    /** A line that was cut off when the machine stopped is left out. */
    @Override
    public List<Ended> read() {
        List<Ended> read = new ArrayList<>();
        try {
            if (Files.exists(file)) {
                for (String line : Files.readAllLines(file)) {
                    Matcher match = LINE.matcher(line);
                    if (match.matches()) {
                        read.add(new Ended(match.group(1), Instant.ofEpochSecond(Long.parseLong(match.group(2)))));
                    }
                }
            }
        } catch (IOException | RuntimeException unreadable) {
            tell("ended grants could not be read: what a restore of etcd brings back is not known", unreadable);
        }
        return read;
    }

    @Override
    public void add(Ended ended) {
        try {
            Files.writeString(file, line(ended), StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException failed) {
            tell("an ended grant could not be kept", failed);
        }
    }

    /** Whole or not at all. */
    @Override
    public void replaceAll(Collection<Ended> ended) {
        try {
            Path beside = file.resolveSibling(file.getFileName() + ".new");
            Files.writeString(beside, ended.stream().map(EndedFile::line).collect(Collectors.joining()));
            Files.move(beside, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException failed) {
            tell("ended grants could not be kept", failed);
        }
    }

    private static String line(Ended ended) {
        return ended.uid() + " " + ended.until().getEpochSecond() + "\n";
    }

    private void tell(String what, Exception failed) {
        LOG.atError()
                .addKeyValue("file", file)
                .addKeyValue("error", failed.toString())
                .log(what);
    }
}
