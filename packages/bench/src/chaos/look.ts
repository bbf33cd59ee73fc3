import { isDeepStrictEqual } from 'node:util';
import type { JobBody, PageEntryBody, ResultBody } from '@docusnap/contracts';
import { type Api, pagesOf, resultOf } from './api.ts';
import type { Baseline } from './baseline.ts';
import type { Entry, Ledger, SeenPage } from './ledger.ts';
import { pagesOfOrder } from './order.ts';

export interface Looking {
  readonly api: Api;
  readonly ledger: Ledger;
  readonly baseline: Baseline;
}

/** Failures that are the suite's own doing: it kills readers. How often is checked elsewhere. */
const POISONOUS = 'page_poisonous';

/** Looks at an ended job as a client sees it: every page once, with the text it always has. Undefined where the job is gone. */
export async function lookAt(
  { api, ledger, baseline }: Looking,
  entry: Entry,
  job: JobBody,
): Promise<SeenPage[] | undefined> {
  const { id, order } = entry;
  const listed = await pagesOf(api, id);
  const result = job.pages_done > 0 ? await resultOf(api, id) : null;
  // Erased meanwhile, which whoever asked for it knows.
  if (!listed || (job.pages_done > 0 && !result)) {
    if (entry.state === 'open') ledger.wrong('lost', `the pages of the job ${id} are not there`);
    return undefined;
  }
  const badFiles = job.files.filter(({ error }) => error?.code === POISONOUS).map(({ index }) => index);
  const expected = pagesOfOrder({ sheets: order.sheets.filter((_, index) => !badFiles.includes(index)) });
  entry.poisonous = badFiles.length + listed.filter(({ error }) => error?.code === POISONOUS).length;

  if (listed.length !== expected)
    ledger.wrong(
      listed.length < expected ? 'lost' : 'duplicated',
      `the job ${id} has ${listed.length} pages of ${expected}`,
    );
  if (new Set(listed.map(({ number }) => number)).size < listed.length)
    ledger.wrong('duplicated', `a page of ${id} is there twice`);
  for (const { error: failure, number } of listed) {
    if (failure && failure.code !== POISONOUS)
      ledger.wrong('lost', `page ${number} of ${id} failed with ${failure.code}`);
  }
  for (const { error: failure, index } of job.files) {
    if (failure && failure.code !== POISONOUS)
      ledger.wrong('lost', `file ${index} of ${id} failed with ${failure.code}`);
  }
  if (entry.poisonous === 0 && job.status !== 'completed')
    ledger.wrong('lost', `the job ${id} ended ${job.status}: ${JSON.stringify(job.error ?? job.extraction)}`);
  const pages = listed.map((page) => seen(page, result));
  for (const page of pages) {
    const sheet = order.sheets[page.fileIndex];
    if (page.status === 'done' && sheet && page.text !== baseline.text(sheet, page.frame))
      ledger.wrong('torn', `page ${page.frame} of file ${page.fileIndex} of ${id} reads ${page.text.slice(0, 200)}`);
  }
  const [sheet] = order.sheets;
  if (order.task && sheet && entry.poisonous === 0 && !sameUnderstanding(result, baseline.understanding(sheet)))
    ledger.wrong('torn', `what was understood of ${id} is ${String(JSON.stringify(result?.extraction)).slice(0, 200)}`);
  return pages;
}

function seen(page: PageEntryBody, result: ResultBody | null): SeenPage {
  const read = result?.pages.find(({ number }) => number === page.number);
  return {
    attempts: page.attempts,
    status: page.status,
    code: page.error?.code ?? null,
    fileIndex: page.file_index,
    frame: page.file_frame,
    text: JSON.stringify(read?.text ?? null),
  };
}

function sameUnderstanding(result: ResultBody | null, expected: string): boolean {
  return isDeepStrictEqual(JSON.parse(JSON.stringify(result?.extraction ?? null)), JSON.parse(expected));
}
