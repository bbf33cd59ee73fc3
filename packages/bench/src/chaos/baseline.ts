import { setTimeout as pause } from 'node:timers/promises';
import type { JobBody } from '@docusnap/contracts';
import { type Api, pollJob, resultOf } from './api.ts';
import { formOf, type Order } from './order.ts';
import type { Sheet } from './sheets.ts';

/** What each file gives when nothing goes wrong. */
export interface Baseline {
  /** JSON of the text of a page. */
  text(sheet: Sheet, frame: number): string;
  /** JSON of what is understood of it. */
  understanding(sheet: Sheet): string;
}

/** Files read at a time. */
const AT_ONCE = 4;
const AGAIN_MS = 500;
/** On a machine that does much else a service that has just started may be too slow for itself at first. */
const MOST_TRIES = 20;
/** In place of a submit's own. */
export const BASELINE_TOKEN = 'baseline';

/** Has every file read by a system that is left alone. @throws Error where one is not */
export async function readUndisturbed(api: Api, sheets: readonly Sheet[]): Promise<Baseline> {
  const texts = new Map<string, readonly string[]>();
  const understandings = new Map<string, string>();
  const read = async (sheet: Sheet): Promise<void> => {
    const order = {
      token: BASELINE_TOKEN,
      sheets: [sheet],
      task: true,
      cache: false,
      priority: 5,
      eraseAfterMs: null,
      again: false,
    };
    const id = await submit(api, order);
    for (let job = await pollJob(api, id); job?.status !== 'completed'; job = await pollJob(api, id)) {
      if (job?.finished_at) throw new Error(`${sheet.name} ended ${job.status}: ${JSON.stringify(job.error)}`);
    }
    const result = await resultOf(api, id);
    texts.set(sheet.name, result?.pages.map(({ text }) => JSON.stringify(text)) ?? []);
    understandings.set(sheet.name, JSON.stringify(result?.extraction));
    await api.call('DELETE', `/v1/jobs/${id}`);
  };
  const waiting = [...sheets];
  const lane = async (): Promise<void> => {
    for (let sheet = waiting.shift(); sheet; sheet = waiting.shift()) await read(sheet);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
  return {
    text: (sheet, frame) => texts.get(sheet.name)?.[frame] ?? '',
    understanding: (sheet) => understandings.get(sheet.name) ?? '',
  };
}

async function submit(api: Api, order: Order): Promise<string> {
  const headers = { 'idempotency-key': `${order.token} ${order.sheets[0]?.name}` };
  for (let tries = 1; ; tries += 1) {
    const { status, body } = await api.call('POST', '/v1/jobs', { body: formOf(order), headers });
    if (status === 202 || status === 200) return (body as JobBody).id;
    if (status < 429 || tries >= MOST_TRIES) {
      throw new Error(`${order.sheets[0]?.name}: expected 202, got ${status}: ${JSON.stringify(body)}`);
    }
    await pause(AGAIN_MS);
  }
}
