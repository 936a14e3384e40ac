package dev.lapse.identity;

import java.util.Optional;

/**
 * The account an identity acts as, and its state in the cluster.
 *
 * @param userName as the API server knows it
 * @param serviceAccount its name in the identity's namespace; absent for a plain user
 * @param uid of the ServiceAccount, if it exists
 * @param create whether Lapse is asked to make the ServiceAccount
 * @param claimedBy another, older identity that names the same account
 * @param allowed whether settings allow this user name in this namespace; always true for a ServiceAccount
 */
public record SubjectFacts(
        String userName,
        Optional<String> serviceAccount,
        Optional<String> uid,
        boolean create,
        boolean madeByLapse,
        Optional<String> claimedBy,
        boolean allowed) {

    /** Whether the account exists and belongs to this identity alone. */
    public boolean bound() {
        return allowed && claimedBy.isEmpty() && (serviceAccount.isEmpty() || uid.isPresent());
    }
}
