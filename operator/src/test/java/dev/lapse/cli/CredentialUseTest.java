package dev.lapse.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lapse.api.v1alpha1.PrivilegeGrantSpec.CredentialType;
import dev.lapse.credential.CredentialIssuer;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class CredentialUseTest {
    @Test
    void eachTypeHasAUseOfItsOwn() {
        assertThat(Arrays.stream(CredentialType.values()).map(CredentialUse::of))
                .extracting(Object::getClass)
                .doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @EnumSource
    void isLookedForInASecretWhereTheOperatorDeliversItThere(CredentialType type) {
        assertThat(CredentialUse.of(type).isDelivered())
                .isEqualTo(CredentialIssuer.of(type).delivery().isPresent());
    }
}
