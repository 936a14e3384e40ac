package dev.lapse.cli;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Words on the left, what they are on the right. */
final class Columns {
    private Columns() {}

    /** Each value may have several lines. */
    static String of(List<Map.Entry<String, String>> lines) {
        int width =
                lines.stream().mapToInt(line -> line.getKey().length()).max().orElse(0);
        return lines.stream()
                .map(line -> "  " + padded(line.getKey(), width) + "  "
                        + line.getValue().replace("\n", "\n" + " ".repeat(width + 4)))
                .collect(Collectors.joining("\n"));
    }

    private static String padded(String text, int width) {
        return text + " ".repeat(width - text.length());
    }
}
