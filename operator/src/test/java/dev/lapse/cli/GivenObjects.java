package dev.lapse.cli;

import dev.lapse.api.v1alpha1.AccessReview;
import dev.lapse.api.v1alpha1.PrivilegeGrant;
import dev.lapse.api.v1alpha1.ServiceIdentity;
import io.fabric8.kubernetes.client.utils.Serialization;

/** Objects as the API server would show them. */
final class GivenObjects {
    static final String HASH = "0123456789abcdef0123456789abcdef";

    private GivenObjects() {}

    /** @param status in one line of YAML */
    static PrivilegeGrant grant(String status) {
        return grantOfType("Token", status);
    }

    /** @param credential its type */
    static PrivilegeGrant grantOfType(String credential, String status) {
        return grantWith("{type: " + credential + "}", status);
    }

    /** An applier wrote it. */
    static PrivilegeGrant claimedGrant(String status) {
        return grantWith("{type: Token}, requestedByVia: argo", status);
    }

    /** An applier wrote who revoked it; the operator says so in the status. */
    static PrivilegeGrant revokedThroughGit() {
        return grantWith(
                "{type: Token}, revoked: true, revokedBy: olivia, revokedByVia: argo",
                "{phase: Revoked, end: {cause: Revoked, by: olivia (claimed), residual: [], message: revoked by olivia (claimed)},"
                        + " conditions: [{type: Ready, status: 'False', reason: Ended,"
                        + " message: revoked by olivia (claimed)}]}");
    }

    /** @param credential in one line of YAML */
    static PrivilegeGrant grantWith(String credential, String status) {
        return Serialization.unmarshal("""
                apiVersion: lapse.dev/v1alpha1
                kind: PrivilegeGrant
                metadata: {name: g1, namespace: payments-ci, uid: 11111111-2222-3333-4444-555555555555}
                spec: {identityRef: {name: ci}, privilege: look, duration: 30m, reason: a fault, ticket: INC-7,
                  requestedBy: rashid, credential: %s}
                status: %s
                """.formatted(credential, status), PrivilegeGrant.class);
    }

    static PrivilegeGrant grant(String phase, String reason) {
        return grant("{phase: %s, conditions: [{type: Ready, status: 'False', reason: %s, message: so it is}]}"
                .formatted(phase, reason));
    }

    /** @param decisions and {@code verdicts} in one line of YAML each */
    static AccessReview review(String decisions, String verdicts) {
        return Serialization.unmarshal("""
                apiVersion: lapse.dev/v1alpha1
                kind: AccessReview
                metadata: {name: lapse-r, namespace: payments-ci, uid: r-1, generation: 3}
                spec:
                  type: Request
                  identityRef: {name: ci}
                  required: 2
                  insiders: Refuse
                  dueAt: 2026-12-02T08:00:00Z
                  reviewers: [{user: ada}, {group: platform}]
                  request:
                    grant: g1
                    grantUID: 11111111-2222-3333-4444-555555555555
                    hash: %s
                    privilege: look
                    role: ClusterRole/view
                    namespaces: [payments]
                    principal: Dedicated
                    principalName: system:serviceaccount:lapse-principals:lapse-1
                    duration: 30m
                    risks: [ReadsSecrets]
                    requestedBy: rashid
                    claimed: false
                    reason: a fault
                    ticket: INC-7
                  decisions: %s
                status: {phase: Open, approvals: 1/2, observedGeneration: 3, verdicts: %s}
                """.formatted(HASH, decisions, verdicts), AccessReview.class);
    }

    static ServiceIdentity identity() {
        return Serialization.unmarshal("""
                apiVersion: lapse.dev/v1alpha1
                kind: ServiceIdentity
                metadata: {name: ci, namespace: payments-ci}
                spec:
                  actorType: Pipeline
                  subject: {serviceAccount: {name: ci}}
                  owner: {user: olivia}
                  eligible:
                    - {name: look, role: {kind: ClusterRole, name: view}, namespaces: [payments], approvals: {required: 1}}
                    - {name: fix, role: {kind: ClusterRole, name: edit}, clusterWide: true}
                status:
                  phase: Ready
                  activeGrantCount: 1
                  entries:
                    - {name: look, state: Eligible, reason: Eligible, message: fine, hash: a, nameProved: true}
                    - {name: fix, state: Refused, reason: AuthorMissing, message: nobody wrote it, hash: b, nameProved: true}
                  conditions:
                    - {type: Ready, status: 'True', reason: Ready, message: fine}
                """, ServiceIdentity.class);
    }
}
