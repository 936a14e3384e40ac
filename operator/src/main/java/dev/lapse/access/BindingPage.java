package dev.lapse.access;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.lapse.access.BoundRights.Holder;
import dev.lapse.api.v1alpha1.AccountName;
import dev.lapse.api.v1alpha1.InsidersWhenAsked;
import dev.lapse.api.v1alpha1.InsidersWhenAsked.Kind;
import dev.lapse.api.v1alpha1.Lapse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * One page of a list of bindings. It is read token by token: whoever may write bindings decides how many subjects they
 * have, and only those that are people are held.
 *
 * @param next the token of the next page; empty after the last one
 */
record BindingPage(List<Binding> bindings, String next) {
    private static final JsonFactory JSON = JsonFactory.builder()
            .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .build();

    private static final String ACCOUNTS = "system:serviceaccounts";

    /**
     * The API server lets this group do everything, so the guard refuses the yes of its members without any binding.
     */
    private static final String MASTERS = "system:masters";

    /** @param whole false if it has more subjects, or longer names, than can be judged */
    record Binding(
            String namespace,
            String name,
            String uid,
            String version,
            String roleKind,
            String roleName,
            List<Holder> holders,
            boolean whole) {}

    static BindingPage of(String text) {
        try (JsonParser parser = JSON.createParser(text)) {
            parser.nextToken();
            List<Binding> bindings = new ArrayList<>();
            String next = "";
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String field = parser.currentName();
                JsonToken value = parser.nextToken();
                if (field.equals("metadata") && value == JsonToken.START_OBJECT) {
                    next = words(parser).getOrDefault("continue", "");
                } else if (field.equals("items") && value == JsonToken.START_ARRAY) {
                    while (parser.nextToken() == JsonToken.START_OBJECT) {
                        bindings.add(binding(parser));
                    }
                } else {
                    parser.skipChildren();
                }
            }
            return new BindingPage(bindings, next);
        } catch (IOException wrong) {
            throw new UncheckedIOException("the API server's list of bindings is no JSON", wrong);
        }
    }

    private static Binding binding(JsonParser parser) throws IOException {
        Map<String, String> metadata = Map.of();
        Map<String, String> role = Map.of();
        List<Holder> holders = new ArrayList<>();
        boolean whole = true;
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String field = parser.currentName();
            JsonToken value = parser.nextToken();
            if (field.equals("metadata") && value == JsonToken.START_OBJECT) {
                metadata = words(parser);
            } else if (field.equals("roleRef") && value == JsonToken.START_OBJECT) {
                role = words(parser);
            } else if (field.equals("subjects") && value == JsonToken.START_ARRAY) {
                whole = subjects(parser, holders);
            } else {
                parser.skipChildren();
            }
        }
        return new Binding(
                metadata.getOrDefault("namespace", ""),
                metadata.getOrDefault("name", ""),
                metadata.getOrDefault("uid", ""),
                metadata.getOrDefault("resourceVersion", ""),
                role.getOrDefault("kind", ""),
                role.getOrDefault("name", ""),
                holders,
                whole);
    }

    private static boolean subjects(JsonParser parser, List<Holder> holders) throws IOException {
        boolean whole = true;
        while (parser.nextToken() == JsonToken.START_OBJECT) {
            Map<String, String> subject = words(parser);
            String kind = subject.getOrDefault("kind", "");
            String name = subject.getOrDefault("name", "");
            if (kind.equals(Lapse.TOO_LARGE)) {
                whole = false;
            } else if (kind.equals(Kind.User.name()) && !AccountName.isOne(name)) {
                // Somebody with a longer name cannot write that name beside a verdict.
                if (name.length() <= InsidersWhenAsked.LONGEST_NAME) {
                    holders.add(new Holder(Kind.User, name));
                }
            } else if (kind.equals(Kind.Group.name()) && mayHavePeople(name)) {
                whole &= name.length() <= InsidersWhenAsked.LONGEST_NAME;
                if (name.length() <= InsidersWhenAsked.LONGEST_NAME) {
                    holders.add(new Holder(Kind.Group, name));
                }
            }
        }
        return whole;
    }

    private static boolean mayHavePeople(String group) {
        return !group.equals(MASTERS) && !group.equals(ACCOUNTS) && !group.startsWith(ACCOUNTS + ":");
    }

    /** The fields of an object that are text. */
    private static Map<String, String> words(JsonParser parser) throws IOException {
        Map<String, String> words = new HashMap<>();
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String field = parser.currentName();
            if (parser.nextToken() == JsonToken.VALUE_STRING) {
                words.put(field, parser.getText());
            } else {
                parser.skipChildren();
            }
        }
        return words;
    }
}
