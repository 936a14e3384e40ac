package dev.lapse.cli;

import dev.lapse.api.v1alpha1.PeoplesText;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Why something is as it is, and what is to be done: a headline, and answers under short words. */
final class Explanation {
    private final String about;
    private final String headline;
    private final List<Map.Entry<String, String>> lines = new ArrayList<>();

    private Explanation(String about, String headline) {
        this.about = about;
        this.headline = PeoplesText.oneLine(headline);
    }

    /** @param state what there is to say of it in a few words, with what parts it from the name */
    static Explanation of(HasMetadata about, String state) {
        return new Explanation(
                Output.name(about),
                about.getKind() + " " + about.getMetadata().getName() + " in "
                        + about.getMetadata().getNamespace() + state);
    }

    /** Of what it is about, as kubectl takes it. */
    String name() {
        return about;
    }

    /** Whatever somebody wrote into the text, it is one line. */
    Explanation line(String word, String text) {
        return lines(word, List.of(text));
    }

    /** For what is told in several lines. */
    Explanation lines(String word, List<String> texts) {
        lines.add(Map.entry(word, texts.stream().map(PeoplesText::oneLine).collect(Collectors.joining("\n"))));
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
