import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { openQueue } from '@docusnap/queue';
import { startRedis } from '@docusnap/testing';
import { Redis } from 'ioredis';
import { type Client, getSystem, openClient, submit, waitForEnd } from './client.ts';
import { ownProcessorSeconds, processorSeconds } from './coldstart/processor-seconds.ts';
import { rssOf } from './contender/peak-rss.ts';
import { type Figure, figure, report } from './report.ts';
import { descendantsOf, findProcess } from './soak/resident.ts';
import { startSystem } from './system.ts';
import { runCommand, wholeNumber } from './usage.ts';

/**
 * What an installation has to be bought for: pages a second and a core, memory of a reader, bytes of a page in PostgreSQL and among the files, and of a
 * bell that waits in Redis. With the shipped sample, one page a job: a page of a long document takes less in PostgreSQL.
 */

const USAGE = 'npm run bench:capacity -- [--pages N] [--readers N] [--bells N] [--json FILE]';
const SAMPLE = new URL('../../../deploy/embedded/sample/invoice.jpg', import.meta.url);
const TOOLS = new URL('../../../deploy/ci/tools', import.meta.url);
const MIB = 1024 * 1024;
/** Tables, caches and readers have their usual size after so many pages. */
const WARM_UP = 10;
/** For so long is looked at what processes take when nothing is asked of them. */
const IDLE_MS = 10_000;

async function read(client: Client, pages: number): Promise<void> {
  const sample = readFileSync(SAMPLE);
  const ids: string[] = [];
  for (let page = 0; page < pages; page += 1) {
    ids.push((await submit(client, 'invoice.jpg', sample, { cache: false })).job.id);
  }
  for (const id of ids) {
    const { status, error } = await waitForEnd(client, id);
    if (status !== 'completed') throw new Error(`Job ${id} ended ${status}: ${JSON.stringify(error)}`);
  }
}

async function bytesBelow(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const sizes = entries
    .filter((one) => one.isFile())
    .map(async (one) => (await stat(join(one.parentPath, one.name))).size);
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
}

async function measurePages(pages: number, readers: number): Promise<Figure[]> {
  const system = await startSystem({ REDIS_URL: '', OCR_READERS: String(readers) });
  try {
    const client = openClient(system.url, system.key);
    const files = join(dirname(system.logs), 'data', 'blobs');
    const held = async () => ({ rows: (await getSystem(client)).database.bytes, files: await bytesBelow(files) });
    await read(client, WARM_UP);
    const ocr = findProcess(system.pid, 'ocr/src/main.ts');
    const before = await held();
    const idle = spentBy(system.pid, ocr);
    await pause(IDLE_MS);
    const spent = spentBy(system.pid, ocr);
    const started = performance.now();
    await read(client, pages);
    const seconds = (performance.now() - started) / 1_000;
    const after = await held();
    const processors = spentBy(system.pid, ocr).map((one, index) => ({
      of: one.of,
      milliseconds: perPage(
        { idle: idle[index]!.seconds, before: spent[index]!.seconds, after: one.seconds },
        seconds,
        pages,
      ),
    }));
    const memory = descendantsOf(ocr).map(residentMib);
    client.agent.destroy();
    const rate = pages / seconds / readers;
    return [
      figure(`pages a second and reader, ${readers} readers`, 'pages/s', rate, [seconds]),
      figure('memory of a reader, the largest', 'MiB', Math.max(...memory), memory),
      figure('memory of the ocr service beside its readers', 'MiB', residentMib(ocr), []),
      figure('memory of the gateway', 'MiB', residentMib(findProcess(system.pid, 'gateway/src/main.ts')), []),
      figure(
        'PostgreSQL, indexes included, for a million pages',
        'GiB',
        perMillion(after.rows - before.rows, pages),
        [],
      ),
      figure('files, for a million pages', 'GiB', perMillion(after.files - before.files, pages), []),
      ...processors.map(({ of, milliseconds }) => figure(`processor of ${of}, a page`, 'ms', milliseconds, [])),
    ];
  } finally {
    await system.stop();
  }
}

/** Milliseconds of a page, less what the process takes when nothing is asked of it: sweeps, health checks, statistics. */
function perPage(spent: Readonly<Record<'idle' | 'before' | 'after', number>>, seconds: number, pages: number): number {
  const idlePerSecond = (spent.before - spent.idle) / (IDLE_MS / 1_000);
  return ((spent.after - spent.before - idlePerSecond * seconds) * 1_000) / pages;
}

/** Processor time so far, of what works beside the readers. */
function spentBy(supervisor: number, ocr: number) {
  return [
    { of: 'the gateway', seconds: processorSeconds(findProcess(supervisor, 'gateway/src/main.ts')) },
    { of: 'the ocr service beside its readers', seconds: ownProcessorSeconds(ocr) },
    { of: 'PostgreSQL, the queue in it', seconds: processorSeconds(findProcess(supervisor, 'bin/postgres')) },
  ];
}

const residentMib = (pid: number): number => (rssOf(pid) ?? 0) / MIB;

/** GiB of a million, from the bytes of so many. */
const perMillion = (bytes: number, count: number): number => ((bytes / count) * 1e6) / (1024 * MIB);

async function measureBells(bells: number): Promise<Figure> {
  const server = await startRedis();
  const redis = new Redis(server.url);
  const queue = await openQueue({ redisUrl: server.url, databaseUrl: '', onError: (error) => console.error(error) });
  try {
    const used = async () => Number(/used_memory:(\d+)/.exec(await redis.info('memory'))?.[1]);
    const before = await used();
    await queue.ring('read', bells, { jobId: '0199e3f0-0000-7000-8000-000000000000' });
    return figure('Redis, for a million units that wait', 'GiB', perMillion((await used()) - before, bells), []);
  } finally {
    await queue.close();
    redis.disconnect();
    await server.stop();
  }
}

async function main(): Promise<0 | 1> {
  // Redis is needed here and may be missing on a machine that has run nothing yet.
  execFileSync(fileURLToPath(TOOLS), ['test'], { stdio: ['ignore', 2, 2] });
  const { values } = parseArgs({
    options: {
      pages: { type: 'string', default: '200' },
      readers: { type: 'string', default: '2' },
      bells: { type: 'string', default: '20000' },
      json: { type: 'string' },
    },
  });
  const bells = await measureBells(wholeNumber('bells', values.bells));
  const pages = await measurePages(wholeNumber('pages', values.pages), wholeNumber('readers', values.readers));
  return report([...pages, bells], values.json);
}

process.exitCode = await runCommand(USAGE, main);
