package dev.lapse.cli;

import dev.lapse.api.v1alpha1.PeoplesText;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Something and what hangs on it.
 *
 * @param kind for example ServiceIdentity, or entry
 * @param state in a few words
 * @param more for those who want it wide
 */
record Tree(String kind, String name, String state, String more, List<Tree> children) {
    Tree {
        children = List.copyOf(children);
    }

    static Tree leaf(String kind, String name, String state, String more) {
        return new Tree(kind, name, state, more, List.of());
    }

    String text(boolean wide) {
        StringBuilder text = new StringBuilder(line(wide));
        branches(text, "", wide);
        return text.toString();
    }

    /** Names as kubectl takes them, this one first; what is no object has none. */
    List<String> names() {
        List<String> names = new ArrayList<>();
        if (Character.isUpperCase(kind.charAt(0)) && !name.contains("/")) {
            names.add(Output.name(kind, name));
        }
        children.forEach(child -> names.addAll(child.names()));
        return names;
    }

    Map<String, Object> data() {
        Map<String, Object> data = new LinkedHashMap<>();
        data.put("kind", kind);
        data.put("name", name);
        data.put("state", state);
        if (!more.isEmpty()) {
            data.put("more", more);
        }
        if (!children.isEmpty()) {
            data.put("children", children.stream().map(Tree::data).toList());
        }
        return data;
    }

    private void branches(StringBuilder text, String margin, boolean wide) {
        for (int i = 0; i < children.size(); i++) {
            boolean last = i == children.size() - 1;
            text.append('\n')
                    .append(margin)
                    .append(last ? "└── " : "├── ")
                    .append(children.get(i).line(wide));
            children.get(i).branches(text, margin + (last ? "    " : "│   "), wide);
        }
    }

    private String line(boolean wide) {
        return PeoplesText.oneLine(kind + " " + name + (state.isEmpty() ? "" : ": " + state)
                + (wide && !more.isEmpty() ? " (" + more + ")" : ""));
    }
}
