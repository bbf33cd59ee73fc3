import { setTimeout as delay } from 'node:timers/promises';
import { type Lifecycle, openLog } from '@docusnap/runtime';
import { readerEnvironment, readOcrConfig } from '../config.ts';
import { startOcr } from '../start.ts';
import type { Stage } from './stage.ts';

/** An ocr service in this process, with scripted readers. For tests only. */
export interface Replica {
  readonly url: string;
  /** What it says at /metrics. */
  scrape(): Promise<string>;
  /** The value of a metric, summed over its labels but for those given. */
  metric(name: string, labels?: Readonly<Record<string, string>>): Promise<number>;
  /** Waits until the metric is at least so high, and gives it: units are counted just after they are saved. */
  reaches(name: string, least: number, labels?: Readonly<Record<string, string>>): Promise<number>;
  /** As SIGTERM would. */
  stop(): Promise<void>;
}

export async function startReplica(stage: Stage, settings: Readonly<Record<string, string>> = {}): Promise<Replica> {
  const config = readOcrConfig({ OCR_READERS: '2', ...stage.environment, ...settings });
  const log = openLog({ service: 'ocr', level: 'silent' });
  const lifecycle = openLifecycle();
  const { port, metricsPort } = await startOcr(config, {
    lifecycle,
    log,
    readerEnvironment: readerEnvironment(config, {}),
    readerScript: new URL('./reader/main.ts', import.meta.url),
  }).catch(async (error: unknown) => {
    await lifecycle.stopAll();
    throw error;
  });
  const scrape = async () => (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text();
  const metric: Replica['metric'] = async (name, labels) => sumOf(await scrape(), name, labels);
  return {
    url: `http://127.0.0.1:${port}`,
    scrape,
    metric,
    reaches: (name, least, labels) => untilAtLeast(() => metric(name, labels), least),
    stop: lifecycle.stopAll,
  };
}

/** Asks until the value is at least so high, and gives it. */
export async function untilAtLeast(ask: () => Promise<number>, least: number): Promise<number> {
  for (;;) {
    const value = await ask();
    if (value >= least) return value;
    await delay(10);
  }
}

/** Adds up the samples of one metric in the Prometheus text format. */
export function sumOf(text: string, name: string, labels: Readonly<Record<string, string>> = {}): number {
  const wanted = Object.entries(labels).map(([label, value]) => `${label}="${value}"`);
  return text
    .split('\n')
    .filter((line) => line.startsWith(`${name} `) || line.startsWith(`${name}{`))
    .filter((line) => wanted.every((pair) => line.includes(pair)))
    .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' ') + 1)), 0);
}

/** What runService gives a service, without signals and without ending the process. */
function openLifecycle(): Lifecycle & { stopAll(): Promise<void> } {
  const stopping = new AbortController();
  const steps: (() => unknown)[] = [];
  return {
    stopping: stopping.signal,
    onStop: (_name, stop) => steps.push(stop),
    stop: () => undefined,
    useLog: () => undefined,
    async stopAll() {
      stopping.abort();
      for (let step = steps.pop(); step; step = steps.pop()) await step();
    },
  };
}
