package dev.lapse.review;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Which user names belong to one person, so that nobody approves their own request under a second name. */
public final class Aliases {
    public static final Aliases NONE = new Aliases(List.of());

    private final Map<String, String> person = new HashMap<>();

    /** @param people the names of each person who has several */
    public Aliases(List<List<String>> people) {
        people.forEach(names -> names.forEach(name -> person.put(name, names.get(0))));
    }

    /** One name for the person, the same for each of their names. */
    public String person(String userName) {
        return person.getOrDefault(userName, userName);
    }

    public boolean same(String one, String other) {
        return person(one).equals(person(other));
    }
}
