package dev.lapse.cli;

import java.util.List;

/** Who one is, as the API server knows it. */
record Person(String user, List<String> groups) {
    Person {
        groups = List.copyOf(groups);
    }
}
