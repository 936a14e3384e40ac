package dev.lapse.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** Why something is as it is, and what is to be done: a headline, and answers under short words. */
final class Explanation {
    private final String headline;
    private final List<Map.Entry<String, String>> lines = new ArrayList<>();

    Explanation(String headline) {
        this.headline = headline;
    }

    Explanation line(String word, String text) {
        lines.add(Map.entry(word, text));
        return this;
    }

    Explanation line(String word, Optional<String> text) {
        text.ifPresent(told -> line(word, told));
        return this;
    }

    String text() {
        return headline + "\n" + Columns.of(lines);
    }

    /** For programs: what several lines share a word is a list. */
    Map<String, Object> data() {
        Map<String, Object> data = new LinkedHashMap<>();
        data.put("about", headline);
        for (Map.Entry<String, String> line : lines) {
            List<String> same = lines.stream()
                    .filter(other -> other.getKey().equals(line.getKey()))
                    .map(Map.Entry::getValue)
                    .toList();
            data.put(key(line.getKey()), same.size() == 1 ? same.get(0) : same);
        }
        return data;
    }

    /** As fields are written: {@code who may read it} is whoMayReadIt. */
    private static String key(String words) {
        return Pattern.compile(" (.)")
                .matcher(words)
                .replaceAll(match -> match.group(1).toUpperCase(Locale.ROOT));
    }
}
