package dev.lapse.grant;

import dev.lapse.api.v1alpha1.PrivilegeGrantStatus.End;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * What the lane has found and done and no status says yet: why a grant ends, and when its last binding went. Lost in a
 * crash: the next leader finds the cause again, and if it is gone by then, the grant goes on.
 */
final class EndingNotes {
    private record Note(Ending ending, @Nullable Instant bindingsGoneAt) {}

    private final Map<String, Note> notes = new ConcurrentHashMap<>();

    /** The first cause stands: what comes after it ends nothing any more. */
    Ending ends(String uid, Ending ending) {
        return notes.computeIfAbsent(uid, first -> new Note(ending, null)).ending();
    }

    void bindingsGone(String uid, Instant at) {
        notes.computeIfPresent(uid, (same, note) -> new Note(note.ending(), at));
    }

    /** There was a binding left all the same, so what was noted was too early. */
    void bindingRemoved(String uid) {
        notes.computeIfPresent(uid, (same, note) -> new Note(note.ending(), null));
    }

    boolean ending(String uid) {
        return notes.containsKey(uid);
    }

    Optional<End> end(String uid) {
        return Optional.ofNullable(notes.get(uid)).map(Note::ending).map(GrantRemoval::begun);
    }

    Optional<Instant> bindingsGoneAt(String uid) {
        return Optional.ofNullable(notes.get(uid)).map(Note::bindingsGoneAt);
    }

    /** Status says it. */
    void forget(String uid) {
        notes.remove(uid);
    }
}
