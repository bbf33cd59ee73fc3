import { ASSUMED } from './coefficients.ts';
import type { Plan } from './plan.ts';

/** Something to change as an installation grows. */
export interface Step {
  readonly what: string;
  /** `yes`: a setting or a mode of today; `no`: not built. */
  readonly isBuilt: 'yes' | 'no';
  readonly from: (plan: Plan) => boolean;
}

/** max_connections as deploy/postgres has it, less a part for migrations, backups and people. */
const MOST_CONNECTIONS = 150;
/** A disk of one machine, with room to copy it. */
const MOST_DISK_GIB = 2_048;
/** Beyond, erasing and vacuuming rows one by one take longer than they should: a guess, see `npm run bench:depth`. */
const MOST_ROWS_GIB = 1_024;
/** One connection's worth of uploads through gateways. */
const MOST_UPLOAD_MBIT = 5_000;

/** In the order in which they come to matter. */
export const STEPS: readonly Step[] = [
  {
    what: 'queue in PostgreSQL, files on a disk that gateways and readers share',
    isBuilt: 'yes',
    from: ({ ocrCores }) => ocrCores <= ASSUMED.mostCoresWithoutRedis,
  },
  {
    what: 'Redis for the bells (`REDIS_URL`)',
    isBuilt: 'yes',
    from: ({ ocrCores }) => ocrCores > ASSUMED.mostCoresWithoutRedis,
  },
  {
    what: 'files in S3 (`BLOB_S3`)',
    isBuilt: 'yes',
    from: ({ filesGib, ocrServices }) => filesGib > MOST_DISK_GIB || ocrServices > 2,
  },
  {
    what: 'ocr pods scaled by `docusnap_backlog_seconds` (k8s/components/keda)',
    isBuilt: 'yes',
    from: ({ ocrServices }) => ocrServices > 2,
  },
  {
    what: 'pgBouncer before the gateways, `max_connections` raised for the ocr services, which connect directly',
    isBuilt: 'yes',
    from: ({ connections }) => connections > MOST_CONNECTIONS,
  },
  {
    what: 'a streaming replica for lists and ended jobs (`DATABASE_REPLICA_URL`)',
    isBuilt: 'yes',
    from: ({ databaseCores }) => databaseCores > 8,
  },
  {
    what: 'Redis Cluster (`redis+cluster://`): outlives a node; all keys of a queue share one slot by their hash tag, so it is no faster',
    isBuilt: 'yes',
    from: ({ ocrServices }) => ocrServices > 16,
  },
  {
    what: 'jobs, pages and units in partitions by time, so that what expires is dropped by the table (today only the audit and erasures are)',
    isBuilt: 'no',
    from: ({ databaseGib }) => databaseGib > MOST_ROWS_GIB,
  },
  {
    what: 'uploads straight to S3 by presigned address (readers get theirs so; clients send through a gateway, which checks and seals)',
    isBuilt: 'no',
    from: ({ uploadMbitPerSecond }) => uploadMbitPerSecond > MOST_UPLOAD_MBIT / 10,
  },
  {
    what: 'several queues by shard, each with a hash tag of its own, over several masters of a Redis Cluster',
    isBuilt: 'no',
    from: ({ ocrServices }) => ocrServices > 64,
  },
  {
    what: 'cells: whole installations side by side, a region or a share of the tenants each; an installation is one today, who goes where is for your own router',
    isBuilt: 'no',
    from: ({ databaseCores, connections }) =>
      databaseCores > ASSUMED.mostDatabaseCores || connections > 20 * MOST_CONNECTIONS,
  },
];

export const stepsFor = (plan: Plan): readonly Step[] => STEPS.filter(({ from }) => from(plan));
