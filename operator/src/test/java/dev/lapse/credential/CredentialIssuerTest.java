package dev.lapse.credential;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.lapse.api.v1alpha1.PrincipalType;
import dev.lapse.api.v1alpha1.PrivilegeGrantSpec.Credential;
import dev.lapse.api.v1alpha1.PrivilegeGrantSpec.CredentialType;
import dev.lapse.api.v1alpha1.PrivilegeGrantStatus.Dies;
import dev.lapse.api.v1alpha1.PrivilegeGrantStatus.GrantObject;
import dev.lapse.api.v1alpha1.PrivilegeGrantStatus.IssuedCredential;
import dev.lapse.api.v1alpha1.PrivilegeGrantStatus.ObjectKind;
import dev.lapse.credential.CredentialIssuer.Holder;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What every credential type has to say of itself, and what each of them says. */
class CredentialIssuerTest {
    private static final Instant GONE = Instant.parse("2026-11-02T10:00:00Z");

    @Test
    void eachTypeHasAnIssuerOfItsOwn() {
        assertThat(Arrays.stream(CredentialType.values()).map(CredentialIssuer::of))
                .extracting(Object::getClass)
                .doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @EnumSource
    void eachTypeIsExplainedWhereItIsWritten(CredentialType type) throws NoSuchFieldException {
        assertThat(Credential.class
                        .getDeclaredField("type")
                        .getAnnotation(JsonPropertyDescription.class)
                        .value())
                .contains(type + ": ");
    }

    @ParameterizedTest
    @EnumSource
    void whatIsDeliveredHasASecretAndNothingElseHas(CredentialType type) {
        CredentialIssuer issuer = CredentialIssuer.of(type);

        assertThat(issuer.objects("payments", "lapse-1").stream()
                        .map(GrantObject::kind)
                        .anyMatch(ObjectKind.Secret::equals))
                .isEqualTo(issuer.delivery().isPresent());
    }

    @ParameterizedTest
    @EnumSource
    void eachTypeCanBeHadByTheGrantsOwnAccountOrByTheIdentitys(CredentialType type) {
        assertThat(Arrays.stream(PrincipalType.values())
                        .map(principal -> new Holder("look", principal, true))
                        .filter(holder ->
                                CredentialIssuer.of(type).impossible(holder).isEmpty()))
                .isNotEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "Token, Dedicated, true, true",
        "Token, Dedicated, false, true",
        "Token, Subject, true, true",
        "Token, Subject, false, false",
        "Mint, Dedicated, true, true",
        "Mint, Dedicated, false, true",
        "Mint, Subject, true, false",
        "None, Dedicated, true, false",
        "None, Subject, true, true",
        "None, Subject, false, true"
    })
    void isPossible(CredentialType type, PrincipalType principal, boolean serviceAccount, boolean possible) {
        assertThat(CredentialIssuer.of(type)
                        .impossible(new Holder("look", principal, serviceAccount))
                        .isEmpty())
                .isEqualTo(possible);
    }

    @ParameterizedTest
    @CsvSource({"Token, Secret", "Mint, Role RoleBinding", "None, ''"})
    void makes(CredentialType type, String kinds) {
        assertThat(CredentialIssuer.of(type).objects("payments", "lapse-1"))
                .extracting(object -> object.kind().name())
                .isEqualTo(kinds.isEmpty() ? List.of() : List.of(kinds.split(" ")));
    }

    @Test
    void whatNobodyIssuedIsProvedDeadOnlyWhereOthersMint() {
        assertThat(deadAt(CredentialType.Token)).isEmpty();
        assertThat(deadAt(CredentialType.None)).isEmpty();
        assertThat(CredentialIssuer.of(CredentialType.Mint).deadAt(List.of(), List.of(), GONE))
                .contains(GONE.plus(TokenSchedule.CACHE));
        assertThat(CredentialIssuer.of(CredentialType.Mint).dies()).contains(Dies.ByOperator);
    }

    @Test
    void theLastTokenOfSeveralTellsWhenAllAreDead() {
        List<IssuedCredential> issued = List.of(token("1", GONE.plusSeconds(60)), token("2", GONE.plusSeconds(600)));

        assertThat(CredentialIssuer.of(CredentialType.Token).deadAt(List.of("https://vault"), issued, GONE))
                .contains(GONE.plusSeconds(600).plus(TokenSchedule.LEEWAY));
    }

    private static List<Instant> deadAt(CredentialType type) {
        return CredentialIssuer.of(type).deadAt(List.of(), List.of(), GONE).stream()
                .toList();
    }

    private static IssuedCredential token(String id, Instant expiresAt) {
        return new IssuedCredential(id, GONE.minusSeconds(60), expiresAt);
    }
}
