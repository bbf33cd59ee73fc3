import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { startRedis } from '@docusnap/testing';
import { type Client, getPage, openClient, submit, waitForEnd } from './client.ts';
import { type Figure, figure, median, percentile, report } from './report.ts';
import { type RunningSystem, startSystem } from './system.ts';

/**
 * What the service adds to the reading itself: the shipped sample, one job after another on an idle system, from the last byte of
 * the upload to `completed` seen by a long-polling client, less the time its reader spent on decoding and in readPage.
 */

const SAMPLE = new URL('../../../deploy/embedded/sample/invoice.jpg', import.meta.url);
const TOOLS = new URL('../../../deploy/ci/tools', import.meta.url);
const TARGET_MS = 30;
/** Jobs before counting begins: caches, JIT and connections are warm in a system that runs. */
const WARM_UP = 5;

interface Spans {
  readonly overhead: number;
  readonly decode: number;
  readonly read: number;
}

async function measureJob(client: Client, sample: Buffer): Promise<Spans> {
  const { job, sentAt } = await submit(client, 'invoice.jpg', sample, { cache: false });
  const ended = await waitForEnd(client, job.id);
  const total = performance.now() - sentAt;
  if (ended.status !== 'completed')
    throw new Error(`Job ${job.id} ended ${ended.status}: ${JSON.stringify(ended.error)}`);
  const { stages } = await getPage(client, job.id, 1);
  const { decode, read } = stages ?? {};
  if (decode === undefined || read === undefined) throw new Error(`Job ${job.id} does not say how long its page took`);
  return { overhead: total - decode - read, decode, read };
}

async function measureSystem(system: RunningSystem, jobs: number): Promise<Spans[]> {
  const client = openClient(system.url, system.key);
  const sample = readFileSync(SAMPLE);
  const spans: Spans[] = [];
  for (let i = 0; i < WARM_UP + jobs; i++) {
    const one = await measureJob(client, sample);
    if (i >= WARM_UP) spans.push(one);
  }
  client.agent.destroy();
  return spans;
}

function figuresOf(queue: string, spans: readonly Spans[]): Figure[] {
  const overhead = spans.map((s) => s.overhead);
  const [decode, read] = [spans.map((s) => s.decode), spans.map((s) => s.read)];
  return [
    figure(`overhead on ${queue}, median`, 'ms', median(overhead), overhead, { atMost: TARGET_MS }),
    figure(`overhead on ${queue}, p99`, 'ms', percentile(overhead, 0.99), overhead),
    figure(`decode on ${queue}, median`, 'ms', median(decode), decode),
    figure(`readPage on ${queue}, median`, 'ms', median(read), read),
  ];
}

async function main(): Promise<0 | 1> {
  // Redis is needed here and may be missing on a machine that has run nothing yet.
  execFileSync(fileURLToPath(TOOLS), ['test'], { stdio: ['ignore', 2, 2] });
  const { values } = parseArgs({ options: { jobs: { type: 'string', default: '200' }, json: { type: 'string' } } });
  const jobs = Number(values.jobs);
  if (!Number.isInteger(jobs) || jobs < 1)
    throw new Error(`Expected --jobs to be a whole number above 0, got ${values.jobs}`);
  const figures: Figure[] = [];
  const redis = await startRedis();
  try {
    for (const [queue, environment] of [
      ['Redis', { REDIS_URL: redis.url }],
      ['PostgreSQL', { REDIS_URL: '' }],
    ] as const) {
      const system = await startSystem(environment);
      try {
        figures.push(...figuresOf(queue, await measureSystem(system, jobs)));
      } finally {
        await system.stop();
      }
    }
  } finally {
    await redis.stop();
  }
  return report(figures, values.json);
}

process.exitCode = await main();
