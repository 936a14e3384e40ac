package dev.lapse.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UserInfoTest {

    @ParameterizedTest(name = "{0} of {1} is in {2}")
    @CsvSource(delimiter = '|', textBlock = """
            erin                           | ''             | system:authenticated
            erin                           | team-b, team-a | system:authenticated, team-a, team-b
            erin                           | system:nodes   | system:authenticated, system:nodes
            erin                           | team-a, team-a | system:authenticated, team-a
            system:serviceaccount:ci:bot   | ''             | system:authenticated, system:serviceaccounts, system:serviceaccounts:ci
            system:serviceaccount:ci:bot   | team-a         | system:authenticated, system:serviceaccounts, system:serviceaccounts:ci, team-a
            system:serviceaccount:ci       | ''             | system:authenticated
            system:serviceaccount:ci:      | ''             | system:authenticated
            system:serviceaccount::bot     | ''             | system:authenticated
            system:serviceaccount:a:b:c    | ''             | system:authenticated
            x:system:serviceaccount:ci:bot | ''             | system:authenticated
            system:node:one                | ''             | system:authenticated
            system:anonymous               | ''             | system:unauthenticated
            """)
    void isInTheGroupsStatedAndThoseTheNameImplies(String user, String stated, String groups) {
        UserInfo author = UserInfo.of(user, values(stated));

        assertThat(author).isEqualTo(new UserInfo(user, values(groups)));
    }

    private static List<String> values(String cell) {
        return cell.isEmpty() ? List.of() : Arrays.asList(cell.split(", "));
    }
}
