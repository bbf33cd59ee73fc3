import { setTimeout as pause } from 'node:timers/promises';
import { erase, isPageReady, openClient, submit, waitForEnd } from '../client.ts';
import { type Figure, figure, median } from '../report.ts';
import type { RunningSystem } from '../system.ts';
import { digitalPdf } from './pdfs.ts';
import { onSystem, type Setting, UNCACHED } from './setting.ts';

const ROUNDS = 5;
const TARGET_MS = 2_000;
const LOOK_EVERY_MS = 10;

/** From the start of the upload of a long born-digital PDF until its first page can be fetched. */
export function measureFirst(setting: Setting): Promise<Figure[]> {
  return onSystem(setting, async (system) => {
    const samples: number[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      samples.push(await firstPageMs(system, digitalPdf(setting.pages, round + 1)));
    }
    return [
      figure('first page of a born-digital PDF, median', 'ms', median(samples), samples, { atMost: TARGET_MS }),
      figure('first page of a born-digital PDF, longest', 'ms', Math.max(...samples), samples, { atMost: TARGET_MS }),
    ];
  });
}

async function firstPageMs(system: RunningSystem, pdf: Buffer): Promise<number> {
  const client = openClient(system.url, system.key);
  try {
    const started = performance.now();
    const { job } = await submit(client, 'digital.pdf', pdf, UNCACHED);
    while (!(await isPageReady(client, job.id, 1))) await pause(LOOK_EVERY_MS);
    const ms = performance.now() - started;
    await waitForEnd(client, job.id);
    await erase(client, job.id);
    return ms;
  } finally {
    client.agent.destroy();
  }
}
