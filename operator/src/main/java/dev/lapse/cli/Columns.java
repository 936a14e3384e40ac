package dev.lapse.cli;

import dev.lapse.api.v1alpha1.PeoplesText;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Words on the left, what they are on the right. */
final class Columns {
    private Columns() {}

    /** Each value may have several lines; which of them are whose, is for whoever wrote it together to see to. */
    static String of(List<Map.Entry<String, String>> lines) {
        int width =
                lines.stream().mapToInt(line -> line.getKey().length()).max().orElse(0);
        return lines.stream()
                .map(line -> "  " + padded(line.getKey(), width) + "  "
                        + String.join("\n" + " ".repeat(width + 4), shown(line.getValue())))
                .collect(Collectors.joining("\n"));
    }

    private static List<String> shown(String value) {
        return Arrays.stream(value.split("\n", -1)).map(PeoplesText::oneLine).toList();
    }

    private static String padded(String text, int width) {
        return text + " ".repeat(width - text.length());
    }
}
