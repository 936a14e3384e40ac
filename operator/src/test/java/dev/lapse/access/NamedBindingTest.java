package dev.lapse.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NamedBindingTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '\'',
            value = {
                "RBAC: allowed by RoleBinding \"lapse-1/payments\" of ClusterRole \"view\" to ServiceAccount \"a/b\"; payments; lapse-1",
                "RBAC: allowed by RoleBinding \"x/y\" of Role \"r\" to User \"ClusterRoleBinding\"; y; x",
                "RBAC: allowed by ClusterRoleBinding \"lapse-1\" of ClusterRole \"view\" to User \"u\";; lapse-1"
            })
    void isReadFromTheReason(String reason, String namespace, String name) {
        assertThat(NamedBinding.in(reason)).contains(new NamedBinding(Optional.ofNullable(namespace), name));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "allowed by the webhook", "RBAC: allowed by RoleBinding \"lapse-1/pay"})
    void isAbsentWhereNoneIsNamed(String reason) {
        assertThat(NamedBinding.in(reason)).isEmpty();
    }
}
