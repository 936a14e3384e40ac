package dev.lapse.credential;

import dev.lapse.credential.CredentialDelivery.Parcel;
import java.time.Instant;
import java.util.Map;

/** Who signs. A credential type that somebody else signs needs a method more. */
public interface CredentialEffects {
    MintedToken token(CredentialWish wish, Instant now);

    /** What a Secret with the token holds, as clients of the API server read it. */
    Map<String, String> tokenContent(MintedToken token, Parcel parcel);
}
