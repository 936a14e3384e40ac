package dev.lapse.grant.end;

import dev.lapse.api.v1alpha1.PrivilegeGrantStatus.End;
import dev.lapse.grant.Ending;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * What the lane has found and done and no status says yet: why a grant ends, and when its last binding went. Lost in a
 * crash: the next leader finds the cause again, and if it is gone by then, the grant goes on.
 */
public final class EndingNotes {
    private static final Duration LOOKED_AT_AGAIN_AFTER = Duration.ofSeconds(30);

    /** The client waits 15 s for an answer, but the API server may be at a request for a minute. */
    private static final Duration NOTHING_IS_UNDER_WAY_AFTER = Duration.ofSeconds(60);

    /** @param firstGoneAt when the bindings were first found gone, if none was found since */
    private record Note(
            Ending ending,
            @Nullable Instant bindingsGoneAt,
            @Nullable Instant firstGoneAt) {
        Note gone(Instant at) {
            return new Note(ending, at, firstGoneAt == null ? at : firstGoneAt);
        }
    }

    private final Map<String, Note> notes = new ConcurrentHashMap<>();

    /** The first cause stands: what comes after it ends nothing any more. */
    public Ending ends(String uid, Ending ending) {
        return notes.computeIfAbsent(uid, first -> new Note(ending, null, null)).ending();
    }

    public void bindingsGone(String uid, Instant at) {
        notes.computeIfPresent(uid, (same, note) -> note.gone(at));
    }

    /** There was a binding left all the same, so what was noted was too early. */
    public void bindingRemoved(String uid) {
        notes.computeIfPresent(uid, (same, note) -> new Note(note.ending(), null, null));
    }

    public boolean ending(String uid) {
        return notes.containsKey(uid);
    }

    public Optional<End> end(String uid) {
        return Optional.ofNullable(notes.get(uid)).map(Note::ending).map(GrantRemoval::begun);
    }

    public Optional<Instant> bindingsGoneAt(String uid) {
        return Optional.ofNullable(notes.get(uid)).map(Note::bindingsGoneAt);
    }

    /**
     * Whether there is nothing to take away, where nothing but ends goes on: a binding that was being made when the first look
     * found none may have come after it.
     */
    public boolean needsNoLook(String uid, Instant now) {
        Note note = notes.get(uid);
        return note != null
                && note.bindingsGoneAt() != null
                && note.firstGoneAt() != null
                && (now.isBefore(note.bindingsGoneAt().plus(LOOKED_AT_AGAIN_AFTER))
                        || !note.bindingsGoneAt().isBefore(note.firstGoneAt().plus(NOTHING_IS_UNDER_WAY_AFTER)));
    }

    /** Status says it. */
    public void forget(String uid) {
        notes.remove(uid);
    }
}
