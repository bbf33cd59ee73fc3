import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { cancel, erase, getJob, getPage, openClient, submit } from './client.ts';
import { type PageImage, pageImages, repeated } from './documents/page-images.ts';
import { scannedPdf } from './documents/pdfs.ts';
import { onSystem, readImage, UNCACHED } from './documents/setting.ts';
import { type Figure, figure, median, report } from './report.ts';
import type { RunningSystem } from './system.ts';
import { runCommand, wholeNumber } from './usage.ts';

/** How long a reader is kept by a page of a job that was cancelled, on a whole system with real models. */

const USAGE = 'npm run bench:cancel -- [--cancels 20] [--images DIR] [--json FILE]';
/** Pages of each job: enough that one of them is in hand whenever it is cancelled. */
const PAGES = 50;
/** Each is cancelled another part of a page later than the one before: milliseconds. */
const STEP_MS = 37;
/** What may come on top of one page: the notification, the lease looked at, the log written. */
const ALLOWANCE_MS = 100;

interface Freed {
  /** From sending the cancel to its answer. */
  readonly answered: number;
  /** From the answer until the reader was free; 0 where it was between two pages. */
  readonly free: number;
  readonly slowestPage: number;
}

async function main(): Promise<0 | 1> {
  const { values } = parseArgs({
    options: { cancels: { type: 'string', default: '20' }, images: { type: 'string' }, json: { type: 'string' } },
  });
  const cancels = wholeNumber('cancels', values.cancels);
  const images = await pageImages(values.images);
  const [image] = images;
  if (!image) throw new Error('Expected at least one image, got none');
  const document = scannedPdf(repeated(images, PAGES));
  const freed = await onSystem({ readers: 1, redisUrl: '' }, async (system) => {
    const all: Freed[] = [];
    for (let count = 0; count < cancels; count += 1)
      all.push(await cancelOne(system, { document, image }, count * STEP_MS));
    return all;
  });
  return report(figuresOf(freed), values.json);
}

/** Cancels a job some time after its first page was read, and finds in the log when its reader was free. */
async function cancelOne(
  system: RunningSystem,
  { document, image }: { readonly document: Buffer; readonly image: PageImage },
  afterMs: number,
): Promise<Freed> {
  const client = openClient(system.url, system.key);
  try {
    const { job } = await submit(client, 'long.pdf', document, UNCACHED);
    while ((await getJob(client, job.id)).pages_done < 1) await pause(20);
    await pause(afterMs);
    const sentAt = performance.now();
    const { pages_done: read } = await cancel(client, job.id);
    const [answered, answeredAt] = [performance.now() - sentAt, Date.now()];
    // The only reader reads another page: so it is free by then, and has said so if it was not before.
    await readImage(system, image);
    const freeAt = lostAt(system, job.id);
    const { stages } = await getPage(client, job.id, Math.max(1, read));
    await erase(client, job.id);
    return { answered, free: Math.max(0, freeAt - answeredAt), slowestPage: stages?.total ?? 0 };
  } finally {
    client.agent.destroy();
  }
}

/** When the reader that had a page of the job in hand was free of it, as of `Date.now`; 0 where it had none. */
function lostAt({ logs }: RunningSystem, job: string): number {
  for (const line of readFileSync(join(logs, 'ocr.log'), 'utf8').split('\n')) {
    if (line.includes(job) && line.includes('"outcome":"lost"')) {
      return Date.parse((JSON.parse(line) as { time: string }).time);
    }
  }
  return 0;
}

function figuresOf(freed: readonly Freed[]): Figure[] {
  const free = freed.map((one) => one.free);
  const answered = freed.map((one) => one.answered);
  const pages = freed.map(({ slowestPage }) => slowestPage);
  return [
    figure('cancel: until it is answered, median', 'ms', median(answered), answered),
    figure('cancel: a page of those jobs, longest', 'ms', Math.max(...pages), pages),
    figure('cancel: from the answer until the reader is free, median', 'ms', median(free), free),
    figure('cancel: from the answer until the reader is free, longest', 'ms', Math.max(...free), free, {
      atMost: Math.max(...pages) + ALLOWANCE_MS,
    }),
  ];
}

process.exitCode = await runCommand(USAGE, main);
