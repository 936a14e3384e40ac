package dev.lapse.guard;

import dev.lapse.api.v1alpha1.Proof;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Seals what the operator wrote into a status, and tells it from what somebody else wrote. A status keeps the shape that
 * it was sealed in until it is written again. So every shape that was ever written stays known: else an upgrade would take
 * each status for forged.
 */
public final class VersionedSeal<S> {
    /**
     * What a seal is over.
     *
     * @param name kind and number, such as grant/2
     * @param holds whether what this shape leaves out is absent in a status: nothing may go in without a seal
     * @param parts of a status, in a fixed order
     */
    public record Shape<S>(String name, Predicate<S> holds, Function<S, List<String>> parts) {
        /** One that leaves nothing out. */
        public Shape(String name, Function<S, List<String>> parts) {
            this(name, any -> true, parts);
        }
    }

    private final Seal seal;
    private final List<Shape<S>> earlier;
    private final List<Shape<S>> written;

    /**
     * @param earlier shapes that are read, and no longer written
     * @param written of these the first is written that holds
     */
    public VersionedSeal(Seal seal, List<Shape<S>> earlier, List<Shape<S>> written) {
        this.seal = seal;
        this.earlier = List.copyOf(earlier);
        this.written = List.copyOf(written);
    }

    /** @param uid of the object: a seal is worth nothing on another one */
    public String over(S status, String uid) {
        Shape<S> shape = written.stream()
                .filter(each -> each.holds().test(status))
                .findFirst()
                .orElseThrow();
        return seal.over(parts(shape, status, uid));
    }

    /** @param mark the seal that the status carries; null if it carries none */
    public boolean verifies(@Nullable String mark, S status, String uid) {
        return mark != null
                && Stream.concat(earlier.stream(), written.stream())
                        .filter(shape -> shape.holds().test(status))
                        .anyMatch(shape -> seal.verifies(mark, parts(shape, status, uid)));
    }

    /** A proof as it is sealed. */
    public static List<String> of(@Nullable Proof proof) {
        Optional<Proof> known = Optional.ofNullable(proof);
        return List.of(
                known.map(Proof::epoch).orElse(""),
                known.map(Proof::generation).map(String::valueOf).orElse(""),
                known.map(Proof::at).map(String::valueOf).orElse(""));
    }

    private static <S> String[] parts(Shape<S> shape, S status, String uid) {
        return Stream.concat(Stream.of(shape.name(), uid), shape.parts().apply(status).stream())
                .toArray(String[]::new);
    }
}
