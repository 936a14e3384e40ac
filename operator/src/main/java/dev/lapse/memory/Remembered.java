package dev.lapse.memory;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Something that must outlive the object it is about. A new kind is a record that is named here, and by the interface that
 * it implements; its components are what is written, so one that is added later must be nullable.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
@JsonSubTypes({
    @JsonSubTypes.Type(value = Claim.class, name = "Claim"),
    @JsonSubTypes.Type(value = BreakGlassDebt.class, name = "BreakGlassDebt"),
    @JsonSubTypes.Type(value = OwedCertification.class, name = "OwedCertification"),
    @JsonSubTypes.Type(value = RevokedPrivilege.class, name = "RevokedPrivilege")
})
public sealed interface Remembered permits Claim, OfIdentity {
    /** Of the object it is about; it also says which ConfigMap it is in. */
    String namespace();

    /** What tells it from others of its kind in this namespace. */
    List<String> key();

    /** From when on it may be forgotten; never, if that is absent. */
    @Nullable
    Instant until();

    Bound bound();

    /** Of two records of one key, one of which is from an older ConfigMap, what holds back most. */
    Remembered strictest(Remembered other);

    default boolean over(Instant now) {
        Instant end = until();
        return end != null && !now.isBefore(end);
    }

    /**
     * How much room a kind has, so that one that others can fill at will leaves some to the rest.
     *
     * @param inNamespace so many of its kind in one namespace
     * @param fill a new one goes in until the ConfigMap has so many characters
     */
    record Bound(int inNamespace, int fill) {}
}
