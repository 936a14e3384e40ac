package dev.lapse.api.v1alpha1;

import java.util.Set;
import java.util.regex.Pattern;

/** The names that every part of Lapse shares: API group, labels, finalizer, namespaces. */
public final class Lapse {
    public static final String GROUP = "lapse.dev";
    public static final String VERSION = "v1alpha1";

    /** Keeps a grant until everything it gave is gone. */
    public static final String FINALIZER = "lapse.dev/revoke-first";

    /** On every object a grant made: the grant's UID. The guard lets the operator alone set it. */
    public static final String GRANT_UID_LABEL = "lapse.dev/grant-uid";

    /** On every object a grant made: the grant's namespace, for people and for the way back. */
    public static final String GRANT_NAMESPACE_LABEL = "lapse.dev/grant-namespace";

    /** On every object a grant made: the grant's name, an annotation because names may exceed a label's length. */
    public static final String GRANT_NAME_ANNOTATION = "lapse.dev/grant-name";

    /** On a ServiceAccount made for a {@code create: true} subject: the identity's UID. */
    public static final String IDENTITY_UID_LABEL = "lapse.dev/identity-uid";

    /** Every label of Lapse's that the operator reads: anybody may invent more. */
    public static final Set<String> LABELS = Set.of(GRANT_UID_LABEL, GRANT_NAMESPACE_LABEL, IDENTITY_UID_LABEL);

    /** Every annotation of Lapse's that the operator reads. */
    public static final Set<String> ANNOTATIONS = Set.of(GRANT_NAME_ANNOTATION);

    /** Stands in what the operator reads, and nowhere else, behind finalizers where there are more than it holds. */
    public static final String MORE_FINALIZERS = "lapse.dev/and-more";

    /** The first letters of every object's name that Lapse makes. The guard keeps them for the operator. */
    public static final String NAME_PREFIX = "lapse-";

    /** The last letters of the name of a Role, and of its binding, that let a requester create tokens of a grant's account. */
    public static final String MINT_SUFFIX = "-mint";

    /** Such a name as a whole. The guard keeps it for the operator. */
    public static final Pattern MINT_NAME =
            Pattern.compile(NAME_PREFIX + "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}" + MINT_SUFFIX);

    /** An API group that no role is for: stands in the place of rules that are too large to be read. */
    public static final String TOO_LARGE = "too-large.lapse.dev";

    public static final String SYSTEM_NAMESPACE = "lapse-system";
    public static final String PRINCIPALS_NAMESPACE = "lapse-principals";

    private Lapse() {}
}
