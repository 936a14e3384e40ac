package dev.lapse.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Remembers on this machine, for this user alone, which grants credential plugins use. */
final class Logins {
    private static final String SUFFIX = ".json";
    private static final int LETTERS_OF_NAME = 32;

    private final Path folder;
    private final ObjectMapper json = new ObjectMapper();

    Logins(Path folder) {
        this.folder = folder;
    }

    /** In the user's cache: what is lost there is asked for anew. */
    static Logins ofThisUser() {
        String cache = System.getenv("XDG_CACHE_HOME");
        Path base =
                cache == null || cache.isBlank() ? Path.of(System.getProperty("user.home"), ".cache") : Path.of(cache);
        return new Logins(base.resolve("kubectl-lapse"));
    }

    /**
     * Two clients that start at once are to use one grant.
     *
     * @param progress where one is told whom it waits for
     */
    AutoCloseable lock(Login login, PrintWriter progress) {
        try {
            createFolder();
            FileChannel channel = FileChannel.open(
                    folder.resolve(name(login) + ".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            FileLock lock = channel.tryLock();
            if (lock == null) {
                progress.println("waiting for another kubectl lapse of yours, which asks for " + login.privilege()
                        + " of " + login.identity() + " already");
                progress.flush();
                lock = channel.lock();
            }
            FileLock held = lock;
            return () -> {
                held.release();
                channel.close();
            };
        } catch (IOException broken) {
            throw unusable(broken);
        }
    }

    Optional<Login> find(Login login) {
        return read(file(login)).filter(found -> found.key().equals(login.key()));
    }

    List<Login> all() {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(SUFFIX))
                    .sorted()
                    .flatMap(file -> read(file).stream())
                    .toList();
        } catch (IOException broken) {
            throw unusable(broken);
        }
    }

    void remember(Login login) {
        try {
            createFolder();
            Path fresh = Files.createTempFile(folder, "new", ".tmp");
            Files.writeString(fresh, json.writeValueAsString(login));
            Files.move(fresh, file(login), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException broken) {
            throw unusable(broken);
        }
    }

    void forget(Login login) {
        try {
            Files.deleteIfExists(file(login));
        } catch (IOException broken) {
            throw unusable(broken);
        }
    }

    private void createFolder() throws IOException {
        if (!Files.isDirectory(folder)) {
            Files.createDirectories(
                    folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        }
    }

    /** A file that cannot be read is one that was lost. */
    private Optional<Login> read(Path file) {
        try {
            @SuppressWarnings("unchecked")
            Map<String, @Nullable String> found = json.readValue(Files.readString(file), Map.class);
            return Optional.of(new Login(
                    text(found, "place"),
                    text(found, "namespace"),
                    text(found, "identity"),
                    text(found, "privilege"),
                    text(found, "scope"),
                    text(found, "grant"),
                    text(found, "uid")));
        } catch (IOException | RuntimeException lost) {
            return Optional.empty();
        }
    }

    private static String text(Map<String, @Nullable String> found, String key) {
        String value = found.get(key);
        return value == null ? "" : value;
    }

    private Path file(Login login) {
        return folder.resolve(name(login) + SUFFIX);
    }

    private static String name(Login login) {
        try {
            byte[] digest =
                    MessageDigest.getInstance("SHA-256").digest(login.key().getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest).substring(0, LETTERS_OF_NAME);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private Failure unusable(IOException broken) {
        return Failure.because("cannot read or write in " + folder + ": " + broken.getMessage());
    }
}
