package dev.lapse.fault;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.function.IntFunction;

/**
 * Something that people may write is as large as it can be, and there is a lot of it.
 *
 * @param refused words of the refusal; empty where all of it is taken
 */
record Attack(String name, int count, IntFunction<List<Write>> writes, String refused) {
    /** One request of an administrator, for whom admission alone says no. */
    record Write(String method, String path, ObjectNode body) {}

    static Attack taken(String name, int count, IntFunction<List<Write>> writes) {
        return new Attack(name, count, writes, "");
    }

    /** One is enough: none is taken. */
    static Attack refused(String name, String words, IntFunction<List<Write>> writes) {
        return new Attack(name, 1, writes, words);
    }

    /** Of what is written; the name begins with it. */
    String kind() {
        return name.substring(0, name.indexOf(':'));
    }

    boolean passes() {
        return refused.isEmpty();
    }

    @Override
    public String toString() {
        return name;
    }
}
