package dev.lapse.demo;

import dev.lapse.bench.AuditLog;
import dev.lapse.bench.AuditLog.Request;
import java.util.Comparator;
import java.util.List;
import java.util.Set;

/** What the operator asked the API server to change, but for the lease that makes it the leader. */
final class OperatorWrites {
    private static final Set<String> CHANGES = Set.of("create", "update", "patch", "delete");
    private static final String LEASE = "/leases/lapse-operator";

    private OperatorWrites() {}

    /** In the order in which the requests came in; the log has them in the order of the answers. */
    static List<String> since(long place, AuditLog audit) {
        return audit.since(place, AuditLog.OPERATOR).stream()
                .filter(request -> CHANGES.contains(request.verb()))
                .filter(request -> !request.uri().endsWith(LEASE))
                .sorted(Comparator.comparing(Request::received))
                .map(request -> request.received() + " " + request.verb() + " " + request.uri())
                .toList();
    }
}
