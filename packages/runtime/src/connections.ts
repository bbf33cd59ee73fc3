import type { Metrics } from './metrics.ts';

/** What the connections of a pool are doing. */
export interface PoolState {
  readonly total: number;
  readonly idle: number;
  /** Callers that wait for a connection. */
  readonly waiting: number;
}

export interface ConnectionsWatch {
  /** Shows a pool from now on, under a name of few: `api`, `worker`, `webhooks`. */
  add(pool: string, state: () => PoolState): void;
}

/** Shows the connections to the database, as they are at each scrape. */
export function watchConnections(metrics: Metrics): ConnectionsWatch {
  const pools = new Map<string, () => PoolState>();
  metrics.gauge({
    name: 'docusnap_database_connections',
    help: 'Connections to the database by pool, busy or idle.',
    labelNames: ['pool', 'state'],
    collect() {
      for (const [pool, state] of pools) {
        const { total, idle } = state();
        this.set({ pool, state: 'busy' }, total - idle);
        this.set({ pool, state: 'idle' }, idle);
      }
    },
  });
  metrics.gauge({
    name: 'docusnap_database_waiting',
    help: 'Callers that wait for a connection to the database, by pool.',
    labelNames: ['pool'],
    collect() {
      for (const [pool, state] of pools) this.set({ pool }, state().waiting);
    },
  });
  return { add: (pool, state) => void pools.set(pool, state) };
}
