import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { sumOf, untilAtLeast } from './replica.ts';
import type { Stage } from './stage.ts';

/** The ocr service as it is run in earnest: main.ts in a process of its own, real readers, real models. For tests only. */
export interface SpawnedService {
  readonly pid: number;
  readonly url: string;
  metric(name: string, labels?: Readonly<Record<string, string>>): Promise<number>;
  /** Waits until the metric is at least so high, and gives it. */
  reaches(name: string, least: number, labels?: Readonly<Record<string, string>>): Promise<number>;
  readerPids(): Promise<number[]>;
  /** Everything it has logged so far. */
  readonly log: string[];
  kill(signal: NodeJS.Signals): void;
  readonly exited: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
}

interface Line {
  readonly msg?: string;
  readonly port?: number;
  readonly metricsPort?: number;
}

export function spawnMain(environment: Readonly<Record<string, string>>) {
  const main = fileURLToPath(new URL('../main.ts', import.meta.url));
  const child = spawn(process.execPath, [main], { env: environment, stdio: ['ignore', 'pipe', 'inherit'] });
  const log: string[] = [];
  const lines = createInterface({ input: child.stdout });
  const ready = new Promise<Line>((resolve) => {
    lines.on('line', (text) => {
      log.push(text);
      const line = JSON.parse(text) as Line;
      if (line.msg === 'ready') resolve(line);
    });
  });
  return { child, log, ready, exited: exitOf(child) };
}

/** Starts the service and waits until it takes work. Throws with its log when it ends before. */
export async function spawnService(
  stage: Stage,
  settings: Readonly<Record<string, string>> = {},
): Promise<SpawnedService> {
  const { child, log, ready, exited } = spawnMain({ OCR_READERS: '1', ...stage.environment, ...settings });
  const early = exited.then((): never => {
    throw new Error(`The ocr service did not start:\n${log.join('\n')}`);
  });
  const { port, metricsPort } = await Promise.race([ready, early]);
  early.catch(() => undefined);
  const metrics = async () => (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text();
  const metric: SpawnedService['metric'] = async (name, labels = {}) => sumOf(await metrics(), name, labels);
  return {
    pid: child.pid!,
    url: `http://127.0.0.1:${port}`,
    metric,
    reaches: (name, least, labels) => untilAtLeast(() => metric(name, labels), least),
    readerPids: async () =>
      [...(await metrics()).matchAll(/^docusnap_reader_pid\{.*\} (\d+)$/gm)].map(([, pid]) => Number(pid)),
    log,
    kill: (signal) => child.kill(signal),
    exited,
  };
}

function exitOf(child: ChildProcess): SpawnedService['exited'] {
  return new Promise((resolve) => child.once('close', (code, signal) => resolve({ code, signal })));
}
