import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { freePort } from '@docusnap/testing';
import { z } from 'zod';
import { processorSeconds } from './processor-seconds.ts';

const OCR = fileURLToPath(new URL('../../../../services/ocr/src/main.ts', import.meta.url));
/** Far more than it takes on a machine that does much else. */
const MOST_MS = 120_000;

const Times = z.record(z.string(), z.number());

/** Lines of the service's log that say how far it is. */
const Line = z.discriminatedUnion('msg', [
  z.object({ msg: z.literal('readers are ready'), start: Times }),
  z.object({ msg: z.literal('ready'), start: Times }),
  // Opening a file is a unit too, without this stage.
  z.object({
    msg: z.literal('unit ended'),
    outcome: z.literal('done'),
    stages: z.looseObject({ read: z.number() }),
    time: z.iso.datetime(),
  }),
]);

/** One start of the ocr service, with a page waiting. Milliseconds. */
export interface OcrStart {
  /** From the spawn of its process to its first page being saved. */
  readonly toFirstPage: number;
  /** Of a processor, until then, of all its processes. */
  readonly processorMs: number;
  /** Steps of the main process one after another, from its making to `ready`. */
  readonly steps: Readonly<Record<string, number>>;
  /** Steps of its first reader, within `readers`. */
  readonly reader: Readonly<Record<string, number>>;
  /** The first page, as it says itself. */
  readonly page: number;
}

/** Starts the service, waits for its first page and ends it again. */
export async function startOcrOnce(environment: Readonly<Record<string, string>>): Promise<OcrStart> {
  const ports = { PORT: String(await freePort()), METRICS_PORT: String(await freePort()) };
  const spawned = Date.now();
  const child = spawn(process.execPath, [OCR], {
    env: { ...environment, ...ports },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  try {
    const { readers, main, unit } = await firstPageOf(child);
    return {
      toFirstPage: unit.at - spawned,
      processorMs: unit.processorMs,
      steps: main,
      reader: readers,
      page: unit.stages.read,
    };
  } finally {
    await stop(child);
  }
}

async function firstPageOf(child: ChildProcess) {
  const late = setTimeout(() => child.kill('SIGKILL'), MOST_MS);
  let [readers, main, said]: [Record<string, number>, Record<string, number>, string] = [{}, {}, ''];
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  try {
    for await (const text of createInterface({ input: child.stdout! })) {
      const line = lineOf(text);
      if (line === undefined) said = `${said}\n${text}`.slice(-2_000);
      else if (line.msg === 'readers are ready') readers = line.start;
      else if (line.msg === 'ready') main = line.start;
      else {
        const processorMs = processorSeconds(child.pid ?? 0) * 1_000;
        return { readers, main, unit: { at: Date.parse(line.time), stages: line.stages, processorMs } };
      }
    }
  } finally {
    clearTimeout(late);
  }
  throw new Error(`The ocr service ended before its first page:\n${said}`);
}

function lineOf(text: string): z.infer<typeof Line> | undefined {
  if (!text.startsWith('{')) return undefined;
  return Line.safeParse(JSON.parse(text)).data;
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.stdout?.resume();
  child.kill('SIGTERM');
  await ended;
}
