package dev.lapse.api.v1alpha1;

/**
 * How people write an instant in a spec. An object that the operator cannot read would stop its informer for good, so this
 * lets through no more than {@code java.time.Instant} reads.
 */
public final class Instants {
    /** RFC 3339. Of what it lets through only the 29th of February may still be a day that there is not. */
    public static final String PATTERN = "^[0-9]{4}-((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])"
            + "|(0[469]|11)-(0[1-9]|[12][0-9]|30)|02-(0[1-9]|[12][0-9]))"
            + "T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]([.][0-9]{1,9})?(Z|[+-](0[0-9]|1[0-7]):[0-5][0-9])$";

    /** The longest that fits. */
    public static final int LONGEST = 35;

    /** Behind a CEL expression that is a text: whether it is an instant. */
    static final String MATCHES = ".matches('" + PATTERN + "')";

    private Instants() {}
}
