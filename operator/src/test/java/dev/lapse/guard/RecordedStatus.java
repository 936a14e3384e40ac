package dev.lapse.guard;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.client.utils.Serialization;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/**
 * What the first version sealed stays believed, and nothing else; the same for each kind.
 *
 * @param <S> the status of the kind
 */
public abstract class RecordedStatus<S> {
    private static final String UID = "0a1b2c3d-0000-0000-0000-000000000001";

    /** The key that the first version sealed with. */
    protected static final Seal KEY = new Seal("a key for tests, 32 bytes long...".getBytes(StandardCharsets.UTF_8));

    private final Class<S> kind;
    private final String recorded;

    /** @param recorded as the first version wrote it, for an object of the UID above */
    protected RecordedStatus(Class<S> kind, String recorded) {
        this.kind = kind;
        this.recorded = recorded;
    }

    protected abstract boolean isSealed(S status, String uid);

    protected abstract S unsealed(S status);

    @Test
    void aStatusOfTheFirstShapeIsBelieved() {
        assertThat(isSealed(read(recorded), UID)).isTrue();
    }

    @Test
    void itIsNotWhereAnythingWasChangedOrForAnotherObject() {
        assertThat(isSealed(read(recorded.replace("\"nameProved\":true", "\"nameProved\":false")), UID))
                .isFalse();
        assertThat(isSealed(read(recorded.replace("00112233445566aa", "00112233445566ab")), UID))
                .isFalse();
        assertThat(isSealed(read(recorded), UID.replace('1', '2'))).isFalse();
        assertThat(isSealed(unsealed(read(recorded)), UID)).isFalse();
    }

    private S read(String status) {
        return Serialization.unmarshal(status, kind);
    }
}
