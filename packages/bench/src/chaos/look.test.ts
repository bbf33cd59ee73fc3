import type { JobBody, PageText } from '@docusnap/contracts';
import { expect, test } from '@jest/globals';
import type { Api } from './api.ts';
import { type Entry, openLedger } from './ledger.ts';
import { lookAt } from './look.ts';

const SHEET = { name: 'two.tiff', bytes: Buffer.from('two'), pages: 2 };
const text = (words: string) => ({ words }) as unknown as PageText;
const page = (number: number, words: string | null, code: string | null = null) => ({
  number,
  file_index: 0,
  file_frame: number - 1,
  status: code ? 'failed' : 'done',
  attempts: 1,
  error: code && { code },
  text: words === null ? null : text(words),
});
const baseline = {
  text: (_: unknown, frame: number) => JSON.stringify(text(`page ${frame + 1}`)),
  understanding: () => '{}',
};

/** Looks at a job of two pages that ended so, and tells what is wrong with it. */
async function wrongs(
  pages: readonly ReturnType<typeof page>[],
  status = 'completed',
): Promise<Record<string, number>> {
  const job = {
    id: 'j',
    status,
    pages_done: pages.filter(({ error }) => !error).length,
    files: [{ index: 0, error: null }],
    error: null,
  } as unknown as JobBody;
  const get: Api['get'] = async (path) => ({
    status: 200,
    body: path.includes('/result') ? { job, pages, extraction: null } : { pages },
  });
  const ledger = openLedger(() => undefined);
  const order = {
    token: 't',
    sheets: [SHEET],
    task: false,
    cache: false,
    priority: 5,
    eraseAfterMs: null,
    again: false,
  };
  const entry: Entry = { order, id: 'j', state: 'open', endedAt: null, pages: [], poisonous: 0 };
  await lookAt({ api: { get, call: get as never }, ledger, baseline }, entry, job);
  return Object.fromEntries(
    Object.entries(ledger.wrongs).flatMap(([kind, words]) => (words.length > 0 ? [[kind, words.length]] : [])),
  );
}

test('a job whose pages read as they always do is well', async () => {
  expect(await wrongs([page(1, 'page 1'), page(2, 'page 2')])).toEqual({});
});

test('pages that were mixed up, cut short or written over are torn', async () => {
  expect(await wrongs([page(1, 'page 2'), page(2, 'page 1')])).toEqual({ torn: 2 });
  expect(await wrongs([page(1, 'page 1'), page(2, 'pag')])).toEqual({ torn: 1 });
  expect(await wrongs([page(1, 'page 1'), page(2, null)])).toEqual({ torn: 1 });
});

test('a page that is not there is lost, one that is there twice is duplicated', async () => {
  expect(await wrongs([page(1, 'page 1')])).toEqual({ lost: 1 });
  expect(await wrongs([page(1, 'page 1'), page(2, 'page 2'), page(2, 'page 2')])).toEqual({ duplicated: 2 });
});

test('a page given up is lost, but for one that is set aside since its readers were killed, which is counted apart', async () => {
  expect(await wrongs([page(1, 'page 1'), page(2, null, 'attempts_exhausted')], 'partial')).toEqual({ lost: 2 });
  expect(await wrongs([page(1, 'page 1'), page(2, null, 'page_poisonous')], 'partial')).toEqual({});
});
