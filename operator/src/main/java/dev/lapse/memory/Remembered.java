package dev.lapse.memory;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A record that must outlive the object it is about. To add a kind, write a record, name it here and in the interface
 * that it implements. Its components are what is written, so a component that is added later must be nullable.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
@JsonSubTypes({
    @JsonSubTypes.Type(value = Claim.class, name = "Claim"),
    @JsonSubTypes.Type(value = BreakGlassDebt.class, name = "BreakGlassDebt"),
    @JsonSubTypes.Type(value = OwedCertification.class, name = "OwedCertification"),
    @JsonSubTypes.Type(value = RevokedPrivilege.class, name = "RevokedPrivilege")
})
public sealed interface Remembered permits Claim, OfIdentity {
    /** The namespace of the object. It also decides which ConfigMap holds the record. */
    String namespace();

    /** What tells the record from others of its kind in this namespace. */
    List<String> key();

    /** From when on the record may be forgotten; absent if never. */
    @Nullable
    Instant until();

    Bound bound();

    /**
     * Merges two records with the same key, one of which comes from an older ConfigMap: the stricter value of each
     * field wins.
     */
    Remembered strictest(Remembered other);

    default boolean over(Instant now) {
        Instant end = until();
        return end != null && !now.isBefore(end);
    }

    /**
     * How much room a kind has. A kind that tenants can fill at will must leave room for the others.
     *
     * @param inNamespace the most records of this kind in one namespace
     * @param fill a new record is taken only while the ConfigMap has fewer characters than this
     */
    record Bound(int inNamespace, int fill) {}
}
