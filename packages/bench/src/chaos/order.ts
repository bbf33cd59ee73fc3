import type { Sheet } from './sheets.ts';

/** What one submit asks for. */
export interface Order {
  /** In the job's metadata, so that a job that nobody was told of is found. */
  readonly token: string;
  readonly sheets: readonly Sheet[];
  readonly task: boolean;
  readonly cache: boolean;
  readonly priority: number;
  /** Is to be erased so many milliseconds after it was accepted; null = not. */
  readonly eraseAfterMs: number | null;
  /** Is submitted once more under its key when it was accepted. */
  readonly again: boolean;
}

const SHARES = { several: 0.15, task: 0.2, cache: 0.15, erase: 0.12, again: 0.1 } as const;
const MOST_FILES = 4;
const ERASE_WITHIN_MS = 6_000;
const PRIORITIES = 10;

/** The fields that a task is asked to find; its rules need no language model. */
const SCHEMA = {
  type: 'object',
  properties: { invoice_number: { type: 'string' }, total: { type: 'number' } },
};

/** The next submit, as chance has it. */
export function drawOrder(sheets: readonly Sheet[], random: () => number, token: string): Order {
  const one = (): Sheet => sheets[Math.floor(random() * sheets.length)]!;
  const files = random() < SHARES.several ? 2 + Math.floor(random() * (MOST_FILES - 1)) : 1;
  const chosen = Array.from({ length: files }, one);
  const eraseAfterMs = random() < SHARES.erase ? random() * ERASE_WITHIN_MS : null;
  return {
    token,
    sheets: chosen,
    // What is understood of one file is known from before.
    task: files === 1 && random() < SHARES.task,
    cache: random() < SHARES.cache,
    priority: Math.floor(random() * PRIORITIES),
    eraseAfterMs,
    // Under the key of an erased job there is nothing to show again.
    again: eraseAfterMs === null && random() < SHARES.again,
  };
}

/** As a client sends it: each time anew, with another boundary. */
export function formOf({ sheets, cache, priority, task, token }: Order): FormData {
  const form = new FormData();
  form.set('options', JSON.stringify({ cache, priority }));
  form.set('metadata', JSON.stringify({ token }));
  if (task) {
    form.set('task', 'extract');
    form.set('schema', JSON.stringify(SCHEMA));
  }
  for (const { name, bytes } of sheets) form.append('file', new Blob([Uint8Array.from(bytes)]), name);
  return form;
}

export function pagesOfOrder({ sheets }: Pick<Order, 'sheets'>): number {
  return sheets.reduce((sum, { pages }) => sum + pages, 0);
}
