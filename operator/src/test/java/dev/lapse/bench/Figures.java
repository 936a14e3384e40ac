package dev.lapse.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** What was measured: a table that reads the same on a screen and in Markdown. */
final class Figures {
    private final String title;
    private final List<String[]> rows = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();

    Figures(String title, String... columns) {
        this.title = title;
        rows.add(columns);
    }

    void row(Object... values) {
        rows.add(Arrays.stream(values).map(Figures::text).toArray(String[]::new));
    }

    void note(String format, Object... values) {
        notes.add(String.format(Locale.ROOT, format, values));
    }

    void print() {
        var text = new StringBuilder("### ").append(title).append("\n\n");
        int[] widths = widths();
        for (int row = 0; row < rows.size(); row++) {
            line(text, rows.get(row), widths);
            if (row == 0) {
                line(text, Arrays.stream(widths).mapToObj("-"::repeat).toArray(String[]::new), widths);
            }
        }
        text.append('\n');
        notes.forEach(note -> text.append(note).append('\n'));
        System.out.println(text);
    }

    private int[] widths() {
        int[] widths = new int[rows.get(0).length];
        for (String[] row : rows) {
            for (int column = 0; column < row.length; column++) {
                widths[column] = Math.max(widths[column], row[column].length());
            }
        }
        return widths;
    }

    private static void line(StringBuilder text, String[] values, int[] widths) {
        text.append('|');
        for (int column = 0; column < values.length; column++) {
            text.append(' ')
                    .append(values[column])
                    .append(" ".repeat(widths[column] - values[column].length()))
                    .append(" |");
        }
        text.append('\n');
    }

    private static String text(Object value) {
        return value instanceof Double number ? String.format(Locale.ROOT, "%.1f", number) : String.valueOf(value);
    }

    /** The value below which {@code share} of the values lie, by the nearest rank. */
    static double quantile(List<Double> values, double share) {
        List<Double> sorted = values.stream().sorted().toList();
        int rank = (int) Math.ceil(share * sorted.size());
        return sorted.get(Math.max(0, rank - 1));
    }
}
