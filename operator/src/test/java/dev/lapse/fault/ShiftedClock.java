package dev.lapse.fault;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Map;

/** Another process's wall clock, wrong by as much as a test says, and set by it while the process runs. */
final class ShiftedClock {
    private final Path library;
    private final Path shift;

    /** Compiles what shifts it, with gcc. */
    ShiftedClock(Path folder) {
        Path source = Path.of("src/test/c/shifted-clock.c").toAbsolutePath();
        library = folder.resolve("shifted-clock.so");
        shift = folder.resolve("shifted-clock");
        set(Duration.ZERO);
        try {
            Process compiler = new ProcessBuilder(
                            "gcc", "-O2", "-shared", "-fPIC", "-o", library.toString(), source.toString(), "-ldl")
                    .inheritIO()
                    .start();
            if (compiler.waitFor() != 0) {
                throw new IllegalStateException("gcc could not compile " + source);
            }
        } catch (IOException missing) {
            throw new IllegalStateException(
                    "this test shifts the operator's clock with a small library that gcc compiles: install gcc",
                    missing);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while gcc compiles", interrupted);
        }
    }

    /** For the process whose clock it is. */
    Map<String, String> environment() {
        return Map.of("LD_PRELOAD", library.toString(), "LAPSE_SHIFTED_CLOCK", shift.toString());
    }

    /** From now on it is wrong by so much. */
    void set(Duration wrong) {
        ByteBuffer nanos = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.nativeOrder());
        nanos.putLong(wrong.toNanos()).flip();
        try {
            Files.createDirectories(shift.getParent());
            try (FileChannel file = FileChannel.open(shift, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
                file.write(nanos, 0);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
