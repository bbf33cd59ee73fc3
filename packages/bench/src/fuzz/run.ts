import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { endingOf } from '../hostile/send.ts';
import { type Figure, figure } from '../report.ts';
import { fitLine } from '../soak/slope.ts';
import { type RunningSystem, startSystem } from '../system.ts';
import { openCallers } from './callers.ts';
import { SECRET_WORD } from './forms.ts';
import { openIds } from './ids.ts';
import { openLastingJobs } from './lasting-jobs.ts';
import { shootAtOcr } from './ocr.ts';
import { readApi } from './operations.ts';
import { shootRaw } from './raw.ts';
import { openTarget } from './send.ts';
import { shoot } from './shoot.ts';
import { openTally, type Tally } from './tally.ts';
import { type Looked, watchGateway } from './watch.ts';

/** Of all requests: bytes on bare connections, and calls of the ocr service. */
const RAW_SHARE = 0.05;
const OCR_SHARE = 0.02;
const MIB = 1024 * 1024;
/** In each of them the heap is swept at least once. */
const PARTS = 12;

export interface FuzzOptions {
  readonly requests: number;
  readonly seed: number;
  /** Hostile files to submit as well. */
  readonly files: readonly string[];
  readonly onLine: (line: string) => void;
}

export interface Outcome {
  readonly tally: Tally;
  readonly looked: Looked;
  /** Lines of logs that show what was sent, or a key. */
  readonly leaks: readonly string[];
  readonly operations: number;
  /** Operations of which no request was ever good enough to be done. */
  readonly undone: readonly string[];
  /** What the gateway's log says of the requests that were answered wrongly. */
  readonly logged: readonly string[];
}

/** Sends odd requests to a whole system of its own, started as `npm start` starts it. */
export async function fuzz(options: FuzzOptions): Promise<Outcome> {
  const system = await startSystem({ OCR_READERS: '1', REDIS_URL: '' });
  try {
    return await fuzzSystem(system, options);
  } finally {
    await system.stop();
  }
}

async function fuzzSystem(system: RunningSystem, { requests, seed, files, onLine }: FuzzOptions): Promise<Outcome> {
  const api = await readApi(system.url);
  const { keys, kept } = await openCallers(system);
  const target = openTarget(system.url, keys, openIds(kept));
  await openLastingJobs(system, target.ids);
  const tally = openTally();
  const watch = watchGateway(system, () => tally.requests);
  try {
    const main = Math.ceil(requests * (1 - RAW_SHARE - OCR_SHARE));
    await shoot(target, api, tally, { requests: main, seed, onFinding: onLine });
    await shootRaw(system.url, tally, { connections: Math.ceil(requests * RAW_SHARE), seed });
    await shootAtOcr(system.ocrUrl, target.agent, tally, { requests: Math.ceil(requests * OCR_SHARE), seed });
    for (const path of files) {
      const { outcome, clean, name } = await endingOf(system, path);
      if (!clean) tally.findings.set(name, { what: `${name}: ${outcome}`, curl: path });
    }
    const looked = await watch.end();
    const leaks = await leaksIn(system.logs, keys.own ?? '');
    const names = api.operations.map(({ method, path }) => `${method} ${path}`);
    const logged = await loggedOf(system.logs, tally);
    return {
      tally,
      looked,
      leaks,
      logged,
      operations: names.length,
      undone: names.filter((name) => !tally.done.has(name)),
    };
  } finally {
    target.close();
  }
}

/** Lines of any process that hold the word that stood in what was sent, or the secret part of a key. */
async function leaksIn(logs: string, key: string): Promise<string[]> {
  const secret = key.slice(-20);
  const leaks: string[] = [];
  for (const name of await readdir(logs)) {
    const lines = (await readFile(join(logs, name), 'utf8')).split('\n');
    leaks.push(
      ...lines.filter((line) => line.includes(SECRET_WORD) || line.includes(secret)).map((line) => `${name}: ${line}`),
    );
  }
  return leaks;
}

async function loggedOf(logs: string, { findings }: Tally): Promise<string[]> {
  const ids = [...findings.values()].flatMap(({ requestId }) => (requestId === undefined ? [] : [requestId]));
  const lines = (await readFile(join(logs, 'gateway.log'), 'utf8')).split('\n');
  return lines.filter((line) => ids.some((id) => line.includes(`"${id}"`)));
}

/** What is asked of any run, however short. */
export function figuresOf({ tally, looked, leaks, operations, undone }: Outcome): Figure[] {
  const unavailable = tally.byStatus.get(503) ?? 0;
  return [
    figure('requests', 'requests', tally.requests, []),
    figure(`operations of ${operations} that were never done`, 'operations', undone.length, []),
    figure('answers of 500 and more, but for 503', 'answers', tally.failures, [], { atMost: 0 }),
    figure('kinds of faulty answers', 'kinds', tally.findings.size, [], { atMost: 0 }),
    figure('answers of 503', 'answers', unavailable, []),
    figure('processes that ended', 'processes', looked.restarted, [], { atMost: 0 }),
    figure(`times not ready, of ${looked.asked}`, 'times', looked.notReady, [], { atMost: 0 }),
    figure('lines of logs that show what was sent', 'lines', leaks.length, [], { atMost: 0 }),
    figure('slowest answer', 's', tally.slowestMs / 1_000, [], { atMost: 10 }),
  ];
}

/** What only a long run can say. */
export function slowFiguresOf({ looked: { memory, heap, delays } }: Outcome): Figure[] {
  const resident = memory.map(({ bytes }) => bytes / MIB);
  const [before, after] = halvesOf(resident);
  const swept = lowestOf(heap, memory);
  return [
    // Objects are swept away in one go, so memory goes up and down like a saw; what stays is what the lowest points show.
    figure(
      'what stays in the heap of the gateway, slope over the second half',
      'MiB/1000',
      fitLine(halvesOf(swept)[1]).slope,
      heap.map((bytes) => bytes / MIB),
      { atMost: 2 },
    ),
    figure(
      'most memory of the gateway in the second half, over the first',
      'MiB',
      Math.max(...after) - Math.max(...before),
      resident,
      { atMost: 64 },
    ),
    figure('most memory of the gateway', 'MiB', Math.max(...resident), [], { atMost: 640 }),
    figure('longest p99 of the delay of its event loop within a second', 's', Math.max(...delays), delays, {
      atMost: 0.5,
    }),
  ];
}

const halvesOf = <T>(list: readonly T[]): [T[], T[]] => {
  const middle = Math.floor(list.length / 2);
  return [list.slice(0, middle), list.slice(middle)];
};

/** The lowest point of the heap in each of so many parts of a run, MiB over thousands of requests. */
function lowestOf(heap: Looked['heap'], memory: Looked['memory']): { x: number; y: number }[] {
  const length = Math.max(1, Math.floor(heap.length / PARTS));
  return Array.from({ length: PARTS }, (_, part) => {
    const from = part * length;
    const lowest = heap
      .slice(from, from + length)
      .reduce((least, bytes) => Math.min(least, bytes), Number.POSITIVE_INFINITY);
    const at = memory[Math.min(memory.length - 1, from + Math.floor(length / 2))];
    return { x: (at?.requests ?? 0) / 1_000, y: lowest / MIB };
  }).filter(({ y }) => Number.isFinite(y));
}
