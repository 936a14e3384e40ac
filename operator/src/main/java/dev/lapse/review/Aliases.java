package dev.lapse.review;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** Which user names belong to one person, so that nobody approves their own request under a second name. */
public final class Aliases {
    public static final Aliases NONE = new Aliases(List.of());

    private final Map<String, String> person = new HashMap<>();
    private final Function<String, Optional<String>> behind;

    /** @param people the names of each person who has several */
    public Aliases(List<List<String>> people) {
        this(Map.of(), name -> Optional.empty());
        people.forEach(names -> names.forEach(name -> person.put(name, names.get(0))));
    }

    private Aliases(Map<String, String> person, Function<String, Optional<String>> behind) {
        this.person.putAll(person);
        this.behind = behind;
    }

    /** Where an account is somebody's, it is them who speak through it: {@code owner} tells whose. */
    public Aliases behind(Function<String, Optional<String>> owner) {
        return new Aliases(person, owner);
    }

    /** One name for the person, the same for each of their names and of their accounts. */
    public String person(String userName) {
        String name = behind.apply(userName).orElse(userName);
        return person.getOrDefault(name, name);
    }

    public boolean same(String one, String other) {
        return person(one).equals(person(other));
    }
}
