import { setTimeout as pause } from 'node:timers/promises';
import { seededRandom } from '@docusnap/testing';
import { type Api, knowsIdempotency, openApi } from './api.ts';
import { type Baseline, readUndisturbed } from './baseline.ts';
import type { Happened } from './faults/fault.ts';
import { runFaults } from './faults/schedule.ts';
import type { Fleet } from './fleet.ts';
import { follow } from './following.ts';
import { type Ledger, openEntries, openLedger } from './ledger.ts';
import { findOrphans } from './orphans.ts';
import type { ChaosOptions, Course } from './run.ts';
import { drawSheets, type Sheet } from './sheets.ts';
import { submitAllTheWhile } from './submitting.ts';
import { judge } from './verdict.ts';
import type { Witness } from './witness.ts';

/** Within which every job has to end after the last fault: a lease and a sweep, whatever of that comes twice, and what waited. */
export const END_WITHIN_MS = 120_000;
const LOOK_EVERY_MS = 100;
/** What a caller that is still asking is given to hear of an end. */
const GRACE_MS = 30_000;

/** What the suite works with. */
interface Desk {
  readonly api: Api;
  readonly ledger: Ledger;
  readonly sheets: readonly Sheet[];
  readonly baseline: Baseline;
  readonly idempotent: boolean;
}

/** Has a fleet work while things go wrong with it, waits until it has come to rest, and looks at what became of every job. */
export async function troubleFleet(fleet: Fleet, witness: Witness, options: ChaosOptions): Promise<Course> {
  const closing = new AbortController();
  try {
    const desk = await prepare(fleet, options, closing.signal);
    const work = startWork(desk, options.seed);
    const { faults, returns } = await disturb(fleet, options);
    const endMs = await comeToRest(fleet, desk.ledger, work);
    options.onEvent(`all is over ${Math.round(endMs)} ms after the last fault`);
    const counted = await judge({ ...desk, witness, faults });
    const orphans = await findOrphans(fleet, counted.jobs);
    for (const words of orphans.left) desk.ledger.wrong('orphans', words);
    const recoveries = [...returns, ...faults.map(({ from, until }) => witness.longestAfter(from, until))];
    return { idempotent: desk.idempotent, ledger: desk.ledger, faults, counted, orphans, recoveries, endMs };
  } finally {
    closing.abort();
  }
}

async function prepare(fleet: Fleet, { seed, onEvent }: ChaosOptions, over: AbortSignal): Promise<Desk> {
  const random = seededRandom(seed + 1);
  const pick = (count: number): number => Math.floor(random() * count);
  const api = openApi({ urls: fleet.urls, key: fleet.key, pick, over });
  const sheets = await drawSheets(seed);
  const baseline = await readUndisturbed(api, sheets);
  const idempotent = await knowsIdempotency(api);
  const keys = idempotent ? 'with' : 'without';
  onEvent(`${sheets.length} files are known undisturbed; ${fleet.network.kind}; ${keys} idempotency keys`);
  const ledger = openLedger((kind, words) => onEvent(`WRONG (${kind}): ${words}`));
  return { api, ledger, sheets, baseline, idempotent };
}

/** Callers that submit, and wait for what they submitted. */
interface Work {
  /** Submits nothing more, and resolves when every caller knows how its jobs ended. */
  finish(): Promise<unknown>;
}

function startWork(desk: Desk, seed: number): Work {
  const over = new AbortController();
  const followed: Promise<void>[] = [];
  const fail = (error: unknown): void =>
    desk.ledger.wrong('lost', `a caller was told what it cannot be: ${String(error)}`);
  const submitting = submitAllTheWhile({
    ...desk,
    random: seededRandom(seed + 2),
    over: over.signal,
    onAccepted: (entry) => followed.push(follow(desk, entry).catch(fail)),
  }).catch(fail);
  return {
    async finish() {
      over.abort();
      await submitting;
      await Promise.all(followed);
    },
  };
}

async function disturb(fleet: Fleet, options: ChaosOptions): Promise<{ faults: Happened[]; returns: number[] }> {
  const returns: number[] = [];
  const services = [...fleet.gateways, ...fleet.ocrs];
  const faults = await runFaults(fleet, {
    ...options,
    random: seededRandom(options.seed),
    onBegin: ({ kind, words }) => options.onEvent(`${kind}: ${words}`),
    onEnd({ kind, words, from, until, targets }) {
      options.onEvent(`  undone after ${until - from} ms: ${kind}: ${words}`);
      const hit = services.filter(({ name }) => targets.includes(name));
      for (const service of hit) void service.ready().then(() => returns.push(Date.now() - until));
    },
  });
  return { faults, returns };
}

/** Waits for the end of every job; what has not ended in time is lost. Gives the milliseconds until the last end. */
async function comeToRest({ gateways, ocrs }: Fleet, ledger: Ledger, work: Work): Promise<number> {
  const calm = performance.now();
  const finished = work.finish();
  await Promise.all([...gateways, ...ocrs].map((service) => service.ready()));
  while (openEntries(ledger).length > 0 && performance.now() - calm < END_WITHIN_MS) await pause(LOOK_EVERY_MS);
  for (const { id, state } of openEntries(ledger))
    ledger.wrong('lost', `the job ${id} (${state}) has not ended ${END_WITHIN_MS / 1_000} s after the last fault`);
  await Promise.race([finished, pause(GRACE_MS, undefined, { ref: false })]);
  return Math.max(0, ...[...ledger.entries.values()].map(({ endedAt }) => (endedAt ?? 0) - calm));
}
