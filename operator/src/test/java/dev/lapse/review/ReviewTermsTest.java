package dev.lapse.review;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.lapse.api.v1alpha1.AccessReviewSpec;
import dev.lapse.api.v1alpha1.AccessReviewSpec.ReviewType;
import dev.lapse.api.v1alpha1.AccessReviewStatus.Outcome;
import dev.lapse.condition.Reason;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What every review type has to say of itself. */
class ReviewTermsTest {
    @Test
    void eachTypeHasTermsOfItsOwn() {
        assertThat(Arrays.stream(ReviewType.values()).map(ReviewTerms::of))
                .extracting(Object::getClass)
                .doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @EnumSource
    void eachTypeIsExplainedWhereItIsWritten(ReviewType type) throws NoSuchFieldException {
        assertThat(AccessReviewSpec.class
                        .getDeclaredField("type")
                        .getAnnotation(JsonPropertyDescription.class)
                        .value())
                .contains(type + ": ");
    }

    @ParameterizedTest
    @CsvSource({
        "Request, Approved, Approved",
        "Request, Denied, ApprovalDenied",
        "Entitlement, Approved, Approved",
        "Entitlement, Denied, ApprovalDenied",
        "BreakGlass, Kept, BreakGlassKept",
        "BreakGlass, Revoked, BreakGlassHeld",
        "Certification, Kept, Certified",
        "Certification, Revoked, ReviewRevoked"
    })
    void anOutcomeHasAReason(ReviewType type, Outcome outcome, Reason reason) {
        assertThat(ReviewTerms.of(type).reason(outcome)).isEqualTo(reason);
    }
}
