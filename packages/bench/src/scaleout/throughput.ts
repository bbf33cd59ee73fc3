import { setTimeout as pause } from 'node:timers/promises';
import { type Feeding, PAGES_A_JOB } from './feeding.ts';
import type { Installation } from './installation.ts';
import { forgetStatements, redisOperations, type Statement, statementsSince } from './load.ts';
import { type PagesLog, rateOf } from './pages-log.ts';
import { between, processorUsed, type Used } from './processor.ts';

/** What a window showed. */
export interface Throughput {
  readonly readers: number;
  readonly gateways: number;
  readonly holdMs: number;
  /** Pages a second. */
  readonly rate: number;
  /** Of what readers that are always held would read. */
  readonly efficiency: number;
  /** Of each process. */
  readonly rates: readonly number[];
  /** Seconds of the window. */
  readonly seconds: number;
  readonly pages: number;
  readonly used: Used;
  readonly statements: readonly Statement[];
  /** Of the queue on Redis. */
  readonly operations: number;
  readonly connections: readonly { readonly name: string; readonly count: number }[];
}

/** Readers are to find work for so many seconds, and a document more each, whatever becomes of the feeding. */
const AHEAD_SECONDS = 3;
/** Rounds in which all have begun. */
const WARM_UP_ROUNDS = 2;

/** Pages after which a process runs at the speed that it will have for the rest of its life: its code is compiled. */
const USED_TO_IT = 30;
/** Milliseconds for each of the readers, so that all together read a hundred pages a second: with more the machine is full, and whoever feeds them is never ahead. */
const WARM_UP_HOLD_MS = 10;
const LEAST_WARM_UP_HOLD_MS = 50;
/** Milliseconds a page while work is laid up for a window: slow enough for whoever feeds to get ahead. */
const LAY_UP_HOLD_MS = 1_000;
const LOOK_MS = 100;
/** On a busy machine it does with less. */
const MOST_WARM_UP_MS = 30_000;

/** Lets processes that were just started read some pages. */
export async function warmUp(
  installation: Installation,
  { feeding, log }: Pick<Measuring, 'feeding' | 'log'>,
): Promise<void> {
  const holdMs = Math.max(LEAST_WARM_UP_HOLD_MS, WARM_UP_HOLD_MS * installation.ocrs.length);
  installation.setPace({ holdMs, lines: 0 });
  const isNew = ({ name }: { readonly name: string }): boolean => log.endsOf(name).length < USED_TO_IT;
  const until = Date.now() + MOST_WARM_UP_MS;
  while (installation.ocrs.some(isNew) && Date.now() < until) {
    await feeding.keep(installation.ocrs.length * PAGES_A_JOB);
    await pause(LOOK_MS);
  }
}

export interface Measuring {
  readonly feeding: Feeding;
  readonly log: PagesLog;
  readonly holdMs: number;
  readonly seconds: number;
}

export async function measureThroughput(installation: Installation, measuring: Measuring): Promise<Throughput> {
  const { feeding, log, holdMs, seconds } = measuring;
  const readers = installation.ocrs.length;
  const ideal = readers / (holdMs / 1_000);
  installation.setPace({ holdMs: Math.max(LAY_UP_HOLD_MS, holdMs), lines: 0 });
  await feeding.keep(Math.ceil(ideal * AHEAD_SECONDS) + 4 * PAGES_A_JOB);
  installation.setPace({ holdMs, lines: 0 });
  await pause(LAY_UP_HOLD_MS + WARM_UP_ROUNDS * holdMs);
  await forgetStatements(installation);
  const [usedBefore, operationsBefore, pagesBefore] = [
    processorUsed(installation),
    await redisOperations(installation),
    log.count(),
  ];
  const from = Date.now();
  await pause(seconds * 1_000);
  const to = Date.now();
  const used = between(usedBefore, processorUsed(installation));
  const pages = log.count() - pagesBefore;
  const operations = (await redisOperations(installation)) - operationsBefore;
  const statements = await statementsSince(installation);
  const connections = await connectionsOf(installation);
  // Until the rounds that were under way have ended.
  await pause(2 * holdMs);
  const now = Date.now();
  const rates = installation.ocrs.map(({ name }) => rateOf(log.endsOf(name), { from, to }, now));
  const rate = rates.reduce((sum, one) => sum + one, 0);
  return {
    readers,
    gateways: installation.gateways.length,
    holdMs,
    rate,
    efficiency: rate / ideal,
    rates,
    seconds: (to - from) / 1_000,
    pages,
    used,
    statements,
    operations,
    connections,
  };
}

/** Connections to the database, by what they say they are. */
async function connectionsOf({ sql }: Installation): Promise<Throughput['connections']> {
  const rows = await sql<{ name: string; count: string }>(
    `SELECT application_name AS name, count(*) FROM pg_stat_activity
     WHERE usename IN ('docusnap_api', 'docusnap_worker') GROUP BY 1 ORDER BY 2 DESC`,
  );
  return rows.map(({ name, count }) => ({ name, count: Number(count) }));
}
