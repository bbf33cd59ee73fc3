import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expireJobs } from '@docusnap/db';
import { walk } from '@docusnap/db/walk';
import sharp from 'sharp';
import { type Figure, figure } from '../report.ts';
import { CALLS, openPlace } from './calls.ts';
import { type FaultKind, faultsOf, worstOf } from './judge-plans.ts';
import { executedPlans } from './plan-log.ts';
import type { World } from './world.ts';

/** Each call so often: functions plan with the values at hand at first, and without them once they were called a few times. */
const TIMES = 8;
/** Sweeps, erasing and upkeep of a gateway come round meanwhile. */
const CHORES_MS = 12_000;
/** Statements that are printed. */
const SHOWN = 40;
const KINDS: readonly FaultKind[] = ['reads a table without an index', 'sorts many rows', 'reads many rows'];

/**
 * Every plan that is really executed at that depth, inside functions too, from PostgreSQL's own auto_explain: of all calls of the API as a gateway makes
 * them, of its chores, of what a reader does; and, where next to nothing waits, of every other statement of packages/db.
 */
export async function planFigures(world: World): Promise<Figure[]> {
  const database = new URL(world.database.superuserUrl).pathname.slice(1);
  const log = await explainAll(world, database);
  await makeCalls(world);
  if (world.mix === 'finished') await walkAll(world);
  await new Promise((resolve) => setTimeout(resolve, CHORES_MS));
  const plans = executedPlans(readFileSync(log.file).subarray(log.from).toString(), database).filter(
    ({ role }) => role !== 'postgres',
  );
  const faults = worstOf(plans.flatMap((plan) => faultsOf(plan, log.rows)));
  const of = `${world.mix}, ${world.jobs.toLocaleString('en')} jobs`;
  for (const { kind, what, rows, role, statement } of faults.slice(0, SHOWN)) {
    console.log(`${of}: ${role} ${kind} (${what}, ${rows.toLocaleString('en')} rows): ${statement.slice(0, 400)}`);
  }
  return [
    figure(`${of}: plans looked at`, 'plans', plans.length, [], { atLeast: 1_000 }),
    figure(`${of}: statements among them`, 'statements', new Set(plans.map(({ statement }) => statement)).size, []),
    ...KINDS.map((kind) => {
      const found = faults.filter((fault) => fault.kind === kind);
      return figure(
        `${of}: a statement ${kind}`,
        'statements',
        found.length,
        found.map(({ rows }) => rows),
        { atMost: 0 },
      );
    }),
  ];
}

/** From now on every plan is logged, of connections made from now on: so those that the gateway has are ended, and it makes others. */
async function explainAll(world: World, database: string) {
  for (const setting of ["session_preload_libraries = 'auto_explain'"])
    await world.sql(`ALTER DATABASE ${database} SET ${setting}`);
  for (const setting of SETTINGS) await world.sql(`ALTER DATABASE ${database} SET auto_explain.${setting}`);
  await world.sql(
    'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()',
  );
  const [place] = await world.sql<{ folder: string; file: string }>(
    "SELECT current_setting('data_directory') AS folder, pg_current_logfile('jsonlog') AS file",
  );
  const file = join(place!.folder, place!.file);
  const counts = await world.sql<{ name: string; rows: number }>(
    "SELECT relname AS name, reltuples AS rows FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace",
  );
  await untilServed(world);
  return { file, from: statSync(file).size, rows: new Map(counts.map(({ name, rows }) => [name, rows])) };
}

const SETTINGS = [
  'log_min_duration = 0',
  'log_analyze = on',
  // Counting rows is enough; a clock for each step would take longer than the steps.
  'log_timing = off',
  'log_nested_statements = on',
  'log_parameter_max_length = 0',
  "log_format = 'json'",
];

async function untilServed({ url }: World): Promise<void> {
  for (;;) {
    const isReady = await fetch(`${url}/readyz`).then(
      (answer) => answer.ok,
      () => false,
    );
    if (isReady) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

async function makeCalls(world: World): Promise<void> {
  const picture = await sharp({ create: { width: 40, height: 40, channels: 3, background: 'white' } })
    .png()
    .toBuffer();
  const place = await openPlace(world, picture);
  for (const { of, run } of CALLS) {
    for (let time = 0; time < TIMES && (of === 'all' || of === world.mix); time += 1) {
      const undo = await run(place);
      await undo?.();
    }
  }
  await world.sql(
    `UPDATE jobs SET expires_at = now() WHERE id IN (SELECT id FROM jobs WHERE finished_at IS NOT NULL LIMIT 200)`,
  );
  await expireJobs(world.worker, { jobs: 100, pages: 1_000 });
  place.client.agent.destroy();
}

/** Every statement of packages/db, once: for which nothing else may wait. */
async function walkAll({ api, worker, tenantId, sql }: World): Promise<void> {
  await sql('DELETE FROM units');
  await walk({ api, worker, tenantId });
}
