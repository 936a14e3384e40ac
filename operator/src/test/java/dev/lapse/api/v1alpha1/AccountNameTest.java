package dev.lapse.api.v1alpha1;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AccountNameTest {
    @ParameterizedTest
    @CsvSource({
        "system:serviceaccount:shop:robot, shop, robot",
        "system:serviceaccount:shop, ,",
        "system:serviceaccount:shop:, ,",
        "system:serviceaccount::robot, ,",
        "system:serviceaccount:shop:robot:more, ,",
        "system:serviceaccounts:shop:robot, ,",
        "olivia, ,",
        "'', ,",
    })
    void isTheUserNameOfAnAccountOnlyIfItHasBothNames(String userName, String namespace, String name) {
        assertThat(AccountName.of(userName))
                .isEqualTo(java.util.Optional.ofNullable(namespace).map(known -> new AccountName(known, name)));
        AccountName.of(userName)
                .ifPresent(account -> assertThat(account.userName()).isEqualTo(userName));
    }
}
