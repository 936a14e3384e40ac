package dev.lapse.cli;

import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Reads what the caller may see; what is forbidden is left out, and whoever asked is told. */
final class IfAllowed {
    private IfAllowed() {}

    /** @param forbidden is told of the refusal; every other failure is thrown */
    static <T> Optional<T> read(Supplier<T> read, Consumer<Failure> forbidden) {
        try {
            return Optional.of(read.get());
        } catch (Failure failure) {
            if (!failure.isForbidden()) {
                throw failure;
            }
            forbidden.accept(failure);
            return Optional.empty();
        }
    }
}
