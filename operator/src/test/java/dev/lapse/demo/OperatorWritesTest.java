package dev.lapse.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lapse.bench.AuditLog;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What of an audit log counts as a write of the operator, and in which order. */
class OperatorWritesTest {
    private static final String LEASE = "/apis/coordination.k8s.io/v1/namespaces/lapse-system/leases/lapse-operator";

    @TempDir
    private Path logs;

    private AuditLog audit;

    @BeforeEach
    void thereIsALog() {
        audit = new AuditLog(logs);
        log(AuditLog.OPERATOR, "delete", "/before", "08:00:00.000001");
    }

    @Test
    void theyComeInTheOrderOfTheRequestsNotOfTheAnswers() {
        long place = audit.end();
        log(AuditLog.OPERATOR, "patch", "/second", "08:00:02.000002");
        log(AuditLog.OPERATOR, "delete", "/first", "08:00:01.939698");

        assertThat(OperatorWrites.since(place, audit))
                .containsExactly(
                        "2026-12-01T08:00:01.939698Z delete /first", "2026-12-01T08:00:02.000002Z patch /second");
    }

    @Test
    void neitherReadsNorTheLeaseNorOtherPeopleCount() {
        long place = audit.end();
        log(AuditLog.OPERATOR, "list", "/read", "08:00:01.000001");
        log(AuditLog.OPERATOR, "watch", "/watched", "08:00:02.000001");
        log(AuditLog.OPERATOR, "update", LEASE, "08:00:03.000001");
        log("rashid", "create", "/" + AuditLog.OPERATOR, "08:00:04.000001");
        log(AuditLog.OPERATOR, "create", LEASE + "-of-another", "08:00:05.000001");

        assertThat(OperatorWrites.since(place, audit))
                .containsExactly("2026-12-01T08:00:05.000001Z create " + LEASE + "-of-another");
    }

    @Test
    void aLineThatIsBeingWrittenDoesNotCountYet() throws IOException {
        long place = audit.end();
        Files.writeString(
                logs.resolve("audit.log"),
                "{\"kind\":\"Event\",\"user\":{\"username\":\"" + AuditLog.OPERATOR + "\"},\"verb\":\"del",
                StandardOpenOption.APPEND);

        assertThat(OperatorWrites.since(place, audit)).isEmpty();
    }

    private void log(String user, String verb, String uri, String time) {
        String event = """
                {"kind":"Event","requestURI":"%s","verb":"%s","user":{"username":"%s","groups":["all"]},\
                "responseStatus":{"code":200},"requestReceivedTimestamp":"2026-12-01T%sZ","stageTimestamp":"2026-12-01T%4$sZ"}
                """.formatted(uri, verb, user, time);
        try {
            Files.writeString(logs.resolve("audit.log"), event, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }
}
