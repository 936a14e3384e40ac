package dev.lapse.demo;

import dev.lapse.demo.Screen.Colours;
import dev.lapse.docs.ReadersShell;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * Tells the story of {@code examples/just-in-time} on a cluster that {@code ./demo} has started. Exits with 1 at the first
 * thing that is not as it should be.
 *
 * <p>Usage: dev.lapse.demo.Demo CLUSTER SECONDS [--colours], where SECONDS is how long the start of the cluster took.
 */
final class Demo {
    private Demo() {}

    public static void main(String[] args) throws IOException {
        Path cluster = Path.of(args[0]);
        Duration start = Duration.ofSeconds(Long.parseLong(args[1]));
        Colours colours = List.of(args).contains("--colours") ? Colours.OF_A_TERMINAL : Colours.NONE;
        Screen screen = new Screen(utf8(FileDescriptor.out), utf8(FileDescriptor.err), colours);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> endAll(screen), "end-all"));

        Path desk = Files.createDirectories(cluster.resolve("demo"));
        try {
            new JustInTime(cluster, new ReadersShell(cluster, desk), screen).tell(start);
        } catch (Unexpected unexpected) {
            screen.failed(unexpected);
            System.exit(1);
        }
    }

    /** Whatever the machine's language is: kubectl prints UTF-8. */
    private static PrintStream utf8(FileDescriptor descriptor) {
        return new PrintStream(new FileOutputStream(descriptor), true, StandardCharsets.UTF_8);
    }

    /** No call and no prober outlives the story. */
    private static void endAll(Screen screen) {
        screen.close();
        ProcessHandle.current().descendants().forEach(ProcessHandle::destroy);
    }
}
