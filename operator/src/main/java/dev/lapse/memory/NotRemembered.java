package dev.lapse.memory;

/** Something could not be remembered, for a reason that repeating it at once does not mend. */
public final class NotRemembered extends RuntimeException {
    private static final long serialVersionUID = 1L;

    NotRemembered(String message) {
        super(message);
    }
}
