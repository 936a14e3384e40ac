package dev.lapse.cluster;

import java.util.Optional;

/** Completes an object of which the informer holds the name only. */
interface Completion<T> {
    /** The whole object, by a request unless it is known already. Empty if the object is gone by now. */
    Optional<T> asked(Optional<T> shown);

    /** The whole object without a request. Empty if a request would be needed. */
    Optional<T> known(Optional<T> shown);

    /** For kinds that the informer holds whole. */
    static <T> Completion<T> none() {
        return new Completion<>() {
            @Override
            public Optional<T> asked(Optional<T> shown) {
                return shown;
            }

            @Override
            public Optional<T> known(Optional<T> shown) {
                return shown;
            }
        };
    }
}
