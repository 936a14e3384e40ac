package dev.lapse.cluster;

import java.util.Optional;

/** Makes an object whole of which an informer shows only that it is there. */
interface Completion<T> {
    /** With a request, unless it is known. Nothing if the object is gone by now. */
    Optional<T> asked(Optional<T> shown);

    /** Without a request. Nothing if that is not enough. */
    Optional<T> known(Optional<T> shown);

    /** Of what an informer shows whole. */
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
