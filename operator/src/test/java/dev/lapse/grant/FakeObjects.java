package dev.lapse.grant;

import dev.lapse.api.v1alpha1.Lapse;
import dev.lapse.api.v1alpha1.PrivilegeGrantStatus.GrantObject;
import dev.lapse.api.v1alpha1.PrivilegeGrantStatus.ObjectKind;
import dev.lapse.api.v1alpha1.PrivilegeGrantStatus.ObjectState;
import dev.lapse.grant.ObservedObject.Found;
import dev.lapse.grant.begin.GrantManifests;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Secret;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What a cluster has under the names of grants, what the operator's informers show of it, and every token it issued. */
public final class FakeObjects {
    /** A token of an account, and of a Secret if it is bound to one. */
    public record Token(String id, String accountUid, Optional<String> secretUid, Instant expiresAt) {}

    static final String MINTED = "minted-";

    private final Map<String, HasMetadata> real = new HashMap<>();
    private final Map<String, HasMetadata> shown = new HashMap<>();
    private final List<Token> tokens = new ArrayList<>();
    private final Set<String> delivered = new HashSet<>();
    private final Map<String, String> content = new HashMap<>();
    private int lastUid;

    /** Makes {@code object} under its name, in place of what was there. */
    String put(GrantObject where, HasMetadata object) {
        String uid = "uid-" + ++lastUid;
        object.getMetadata().setUid(uid);
        real.put(GrantManifests.path(where), object);
        return uid;
    }

    Optional<HasMetadata> at(GrantObject where) {
        return Optional.ofNullable(real.get(GrantManifests.path(where)));
    }

    Optional<String> uidAt(GrantObject where) {
        return at(where).map(found -> found.getMetadata().getUid());
    }

    void remove(GrantObject where) {
        real.remove(GrantManifests.path(where));
    }

    /** The informers learn of everything. */
    void show() {
        shown.clear();
        shown.putAll(real);
    }

    /** The operator knows what it was answered. */
    void show(GrantObject where) {
        String path = GrantManifests.path(where);
        if (real.containsKey(path)) {
            shown.put(path, real.get(path));
        } else {
            shown.remove(path);
        }
    }

    /** Informers of bindings list by label, and nobody lists Secrets. */
    public ObservedObject observe(GrantObject object, GrantRecord record, GrantRequest request) {
        HasMetadata seen = object.kind() == ObjectKind.Secret ? null : shown.get(GrantManifests.path(object));
        if (seen != null && object.kind().binding() && !labelled(seen)) {
            seen = null;
        }
        Optional<String> uid = Optional.ofNullable(seen)
                .map(found -> found.getMetadata().getUid())
                .or(() -> Optional.ofNullable(object.uid()));
        return new ObservedObject(object, found(object, record, request, seen), uid);
    }

    private static Found found(
            GrantObject object,
            GrantRecord record,
            GrantRequest request,
            @org.jspecify.annotations.Nullable HasMetadata seen) {
        if (object.kind() == ObjectKind.Secret) {
            return object.state() == ObjectState.Gone ? Found.Absent : Found.Hidden;
        }
        if (seen == null) {
            return Found.Absent;
        }
        if (!GrantManifests.isOf(seen, request.uid())) {
            return Found.Foreign;
        }
        boolean correct = object.kind() == ObjectKind.ServiceAccount
                ? object.uid() == null || object.uid().equals(seen.getMetadata().getUid())
                : record.resolved()
                        .filter(resolved -> GrantManifests.gives(seen, request, object, resolved))
                        .isPresent();
        return correct ? Found.Correct : Found.Changed;
    }

    private static boolean labelled(HasMetadata object) {
        return object.getMetadata().getLabels() != null
                && object.getMetadata().getLabels().containsKey(Lapse.GRANT_UID_LABEL);
    }

    Token issue(String accountUid, Optional<String> secretUid, Instant expiresAt) {
        Token token = new Token("jti-" + (tokens.size() + 1), accountUid, secretUid, expiresAt);
        tokens.add(token);
        return token;
    }

    /** Somebody who may creates a token of the account, of which the operator learns nothing. */
    void mint(String accountUid, Instant expiresAt) {
        Token token = new Token(MINTED + (tokens.size() + 1), accountUid, Optional.empty(), expiresAt);
        tokens.add(token);
        delivered.add(token.id());
    }

    void deliver(String secretUid, String tokenId) {
        content.put(secretUid, tokenId);
        delivered.add(tokenId);
    }

    Optional<String> tokenIn(String secretUid) {
        return Optional.ofNullable(content.get(secretUid));
    }

    /** Tokens that somebody may hold and the API server still takes. */
    List<Token> liveTokens(Instant now, String subjectUid) {
        Set<String> uids = new HashSet<>(Set.of(subjectUid));
        real.values().forEach(object -> uids.add(object.getMetadata().getUid()));
        return tokens.stream()
                .filter(token -> delivered.contains(token.id()))
                .filter(token -> uids.contains(token.accountUid()))
                .filter(token -> token.secretUid().map(uids::contains).orElse(true))
                .filter(token -> now.isBefore(token.expiresAt()))
                .toList();
    }

    /** Everything there is of a grant: by its label, or in the case of Secrets by their type. */
    List<HasMetadata> of(String grantUid) {
        return real.values().stream()
                .filter(object -> GrantManifests.isOf(object, grantUid)
                        || (object instanceof Secret secret && GrantManifests.SECRET_TYPE.equals(secret.getType())))
                .toList();
    }

    List<HasMetadata> all() {
        return List.copyOf(real.values());
    }
}
