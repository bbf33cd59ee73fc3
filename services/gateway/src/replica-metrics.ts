import type { Replica } from '@docusnap/db';
import type { Metrics } from '@docusnap/runtime';

/** Shows how far behind the replica is that lists and results are read from; without one there are no series. */
export function showReplica(metrics: Metrics, replica: Pick<Replica, 'usable' | 'lagSeconds'> | undefined): void {
  metrics.gauge({
    name: 'docusnap_replica_lag_seconds',
    help: 'Seconds that what the replica holds may be old at most, as far as is proven; none while nothing is, or without a replica.',
    collect() {
      const seconds = replica?.lagSeconds() ?? null;
      if (seconds === null) this.remove();
      else this.set(seconds);
    },
  });
  metrics.gauge({
    name: 'docusnap_replica_used',
    help: 'Whether lists and results are read from the replica (1), or from the primary in its place (0); none without a replica.',
    collect() {
      if (replica) this.set(replica.usable() ? 1 : 0);
      else this.remove();
    },
  });
}
