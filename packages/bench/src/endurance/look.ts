import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { rssOf } from '../contender/peak-rss.ts';
import { residentOf } from '../soak/resident.ts';
import type { Installation } from './installation.ts';

const MIB = 1024 * 1024;

/** Everything that could grow, when so many jobs were done. */
export interface Look {
  readonly jobs: number;
  /** By the name of what was looked at. */
  readonly values: Readonly<Record<Measure, number>>;
}

/** In what each is counted. */
export const MEASURES = {
  'RSS of the gateway': 'MiB',
  'RSS of the ocr main process': 'MiB',
  'RSS of the largest reader': 'MiB',
  'RSS of Redis': 'MiB',
  'RSS of PostgreSQL, all its processes': 'MiB',
  'descriptors of the gateway': '',
  'descriptors of the ocr service and its readers': '',
  'threads of the gateway': '',
  'threads of the ocr service and its readers': '',
  'processes of the ocr service': '',
  'database connections': '',
  'memory used in Redis': 'MiB',
  'keys in Redis': '',
  'size of the database': 'MiB',
  'jobs with files in the store': '',
} as const;
export type Measure = keyof typeof MEASURES;

/** Looks at an installation. What a process shares with others counts once for each: PostgreSQL's sum is more than it takes. */
export function openWatcher(installation: Installation) {
  const redis = new Redis(installation.redis.url);
  return {
    async look(jobs: number): Promise<Look> {
      const [gateway, ocr] = [installation.gateway.pid(), installation.ocr.pid()];
      const readers = installation.ocr.children();
      const memory = await redis.info('memory');
      const [held] = await installation.sql<{ connections: number; bytes: string }>(
        `SELECT (SELECT count(*)::integer FROM pg_stat_activity WHERE datname = current_database() AND application_name <> 'bench:endurance') AS connections,
           pg_database_size(current_database()) AS bytes`,
      );
      return {
        jobs,
        values: {
          'RSS of the gateway': mibOf(gateway),
          'RSS of the ocr main process': mibOf(ocr),
          'RSS of the largest reader': Math.max(0, ...readers.map(mibOf)),
          'RSS of Redis': mibOf(installation.redis.pid),
          'RSS of PostgreSQL, all its processes': residentOf(installation.postgres).rss / MIB,
          'descriptors of the gateway': entriesOf(`/proc/${gateway}/fd`),
          'descriptors of the ocr service and its readers': sum([ocr, ...readers], 'fd'),
          'threads of the gateway': entriesOf(`/proc/${gateway}/task`),
          'threads of the ocr service and its readers': sum([ocr, ...readers], 'task'),
          'processes of the ocr service': 1 + readers.length,
          'database connections': held?.connections ?? 0,
          'memory used in Redis': Number(/used_memory:(\d+)/.exec(memory)?.[1]) / MIB,
          'keys in Redis': await redis.dbsize(),
          'size of the database': Number(held?.bytes) / MIB,
          'jobs with files in the store': entriesOf(join(installation.store, 'jobs')),
        },
      };
    },
    close: () => redis.disconnect(),
  };
}

const mibOf = (pid: number): number => (rssOf(pid) ?? 0) / MIB;
const sum = (pids: readonly number[], of: 'fd' | 'task'): number =>
  pids.reduce((all, pid) => all + entriesOf(`/proc/${pid}/${of}`), 0);

/** 0 where there is no such folder: the process has ended between two looks, nothing was stored yet. */
function entriesOf(folder: string): number {
  try {
    return readdirSync(folder).length;
  } catch {
    return 0;
  }
}
