package dev.lapse.memory;

/** A record could not be kept, and to try again at once would not help. */
public final class NotRemembered extends RuntimeException {
    private static final long serialVersionUID = 1L;

    NotRemembered(String message) {
        super(message);
    }
}
