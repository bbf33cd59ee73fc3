import { execFileSync } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { startOtlpReceiver, startRedis } from '@docusnap/testing';
import { openClient } from './client.ts';
import { measureLoaded } from './overhead/loaded.ts';
import { overheadOf, type Timed, timeJob } from './overhead/one-job.ts';
import { PART_NAMES, type Parts, partsOf } from './overhead/parts.ts';
import { type Figure, figure, median, percentile, report } from './report.ts';
import { type RunningSystem, startSystem } from './system.ts';
import { runCommand, wholeNumber } from './usage.ts';

/**
 * What the service adds to the reading itself: the shipped sample, one job after another on an idle system, from the last byte of
 * the upload to `completed` seen by a long-polling client, less the time its reader spent on decoding and in readPage; where that goes, by the traces of
 * further jobs; and what is left of the machine for reading when all readers are busy.
 */

const USAGE = 'npm run bench:overhead -- [--jobs 200] [--traced 40] [--loaded 200] [--json FILE]';
const TOOLS = new URL('../../../deploy/ci/tools', import.meta.url);
/** Jobs before counting begins: caches, JIT and connections are warm in a system that runs. */
const WARM_UP = 10;
/** Milliseconds, on an idle machine. On PostgreSQL a bell is a row. */
const TARGETS = { Redis: { median: 15, p99: 40 }, PostgreSQL: { median: 30, p99: null } } as const;
/** Of the pages that all cores could read a second if they did nothing else. */
const LEAST_SHARE = 92;

type QueueName = keyof typeof TARGETS;

interface Amounts {
  readonly jobs: number;
  readonly traced: number;
  readonly loaded: number;
}

async function main(): Promise<0 | 1> {
  const { values } = parseArgs({
    options: {
      jobs: { type: 'string', default: '200' },
      traced: { type: 'string', default: '40' },
      loaded: { type: 'string', default: '200' },
      json: { type: 'string' },
    },
  });
  const amounts: Amounts = {
    jobs: wholeNumber('jobs', values.jobs),
    traced: wholeNumber('traced', values.traced),
    loaded: wholeNumber('loaded', values.loaded),
  };
  // Redis is needed here and may be missing on a machine that has run nothing yet.
  execFileSync(fileURLToPath(TOOLS), ['test'], { stdio: ['ignore', 2, 2] });
  const redis = await startRedis();
  try {
    const onRedis = await measureQueue('Redis', { REDIS_URL: redis.url }, amounts);
    const onPostgres = await measureQueue('PostgreSQL', { REDIS_URL: '' }, amounts);
    return report([...onRedis, ...onPostgres], values.json);
  } finally {
    await redis.stop();
  }
}

async function measureQueue(
  queue: QueueName,
  environment: Readonly<Record<string, string>>,
  amounts: Amounts,
): Promise<Figure[]> {
  const readers = availableParallelism();
  const figures = await onSystem({ ...environment, OCR_READERS: String(readers) }, async (system) => {
    const idle = await timeJobs(system, amounts.jobs);
    return [
      ...idleFigures(queue, idle),
      ...loadedFigures(queue, await measureLoaded(system, amounts.loaded, readers), readers),
    ];
  });
  // On a system of its own: telling traces takes time, too.
  return [...figures, ...(await tracedFigures(queue, environment, amounts.traced))];
}

async function onSystem<T>(
  environment: Readonly<Record<string, string>>,
  measure: (system: RunningSystem) => Promise<T>,
): Promise<T> {
  const system = await startSystem(environment);
  try {
    return await measure(system);
  } finally {
    await system.stop();
  }
}

async function timeJobs(system: RunningSystem, jobs: number): Promise<Timed[]> {
  const client = openClient(system.url, system.key);
  const timed: Timed[] = [];
  for (let count = 0; count < WARM_UP + jobs; count += 1) {
    const job = await timeJob(client);
    if (count >= WARM_UP) timed.push(job);
  }
  client.agent.destroy();
  return timed;
}

function idleFigures(queue: QueueName, jobs: readonly Timed[]): Figure[] {
  const overheads = jobs.map(overheadOf);
  const [decodes, reads] = [jobs.map(({ decode }) => decode), jobs.map(({ read }) => read)];
  const target = TARGETS[queue];
  const most = target.p99 === null ? null : { atMost: target.p99 };
  return [
    figure(`overhead on ${queue}, median`, 'ms', median(overheads), overheads, { atMost: target.median }),
    figure(`overhead on ${queue}, p99`, 'ms', percentile(overheads, 0.99), [], most),
    figure(`decode on ${queue}, median`, 'ms', median(decodes), decodes),
    figure(`readPage on ${queue}, median`, 'ms', median(reads), reads),
  ];
}

function loadedFigures(
  queue: QueueName,
  { pagesPerSecond, threadMs, overheads }: Awaited<ReturnType<typeof measureLoaded>>,
  cores: number,
): Figure[] {
  const most = (cores * 1_000) / threadMs;
  const share = (100 * pagesPerSecond) / most;
  return [
    figure(`all readers busy on ${queue}`, 'pages/s', pagesPerSecond, []),
    figure(`all readers busy on ${queue}, thread time of a page`, 'ms', threadMs, []),
    figure(`all readers busy on ${queue}, of what ${cores} cores could read`, '%', share, [], { atLeast: LEAST_SHARE }),
    figure(`all readers busy on ${queue}, waits and overhead, median`, 'ms', median(overheads), overheads),
  ];
}

async function tracedFigures(
  queue: QueueName,
  environment: Readonly<Record<string, string>>,
  count: number,
): Promise<Figure[]> {
  const receiver = await startOtlpReceiver();
  try {
    const traced = { ...environment, OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url };
    const jobs = await onSystem(traced, (system) => timeJobs(system, count));
    // The system tells what is left when it stops.
    const found = jobs.map((job) => partsOf(job, receiver.spans)).filter((parts) => parts !== undefined);
    if (found.length < jobs.length) throw new Error(`Expected the traces of ${jobs.length} jobs, got ${found.length}`);
    return PART_NAMES.map((name) => partFigure(queue, name, found));
  } finally {
    await receiver.close();
  }
}

function partFigure(queue: QueueName, name: keyof Parts, found: readonly Parts[]): Figure {
  const times = found.map((parts) => parts[name]);
  return figure(`of it on ${queue}: ${name}, median`, 'ms', median(times), times);
}

process.exitCode = await runCommand(USAGE, main);
