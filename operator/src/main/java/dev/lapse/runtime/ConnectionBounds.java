package dev.lapse.runtime;

import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.SocketChannelEndPoint;
import org.eclipse.jetty.util.thread.Scheduler;

/**
 * Bounds the number of connections and the life of each. One connection too many closes the oldest. So a new client is
 * served, even if many others hold connections open and send nothing.
 */
final class ConnectionBounds implements Connection.Listener {
    private final int most;
    private final Duration longest;
    private final Scheduler scheduler;
    private final Map<EndPoint, Scheduler.Task> open = new LinkedHashMap<>();

    ConnectionBounds(int most, Duration longest, Scheduler scheduler) {
        this.most = most;
        this.longest = longest;
        this.scheduler = scheduler;
    }

    @Override
    public void onOpened(Connection connection) {
        EndPoint end = connection.getEndPoint();
        // With TLS there are two connections, one within the other. Only the outer one counts.
        if (end instanceof SocketChannelEndPoint) {
            opened(end).ifPresent(EndPoint::close);
        }
    }

    @Override
    public void onClosed(Connection connection) {
        synchronized (open) {
            Scheduler.Task deadline = open.remove(connection.getEndPoint());
            if (deadline != null) {
                deadline.cancel();
            }
        }
    }

    /** The oldest connection to close, if there are too many now. */
    private Optional<EndPoint> opened(EndPoint end) {
        synchronized (open) {
            if (!open.containsKey(end)) {
                open.put(end, scheduler.schedule(end::close, longest.toMillis(), TimeUnit.MILLISECONDS));
            }
            if (open.size() <= most) {
                return Optional.empty();
            }
            Iterator<EndPoint> oldest = open.keySet().iterator();
            return Optional.of(oldest.next());
        }
    }
}
