import type { Job, JobFile, JobPage, PageText } from '@docusnap/contracts';

/** A page of a job with its text opened. */
export interface ReadPage {
  readonly page: JobPage;
  /** Null when the page was not read. */
  readonly text: PageText | null;
}

export interface ReadLeaf {
  readonly kind: 'page';
  /** From 1. */
  readonly number: number;
  readonly page: JobPage;
  readonly text: PageText;
}

/** What stands in the place of a page or file that was not read: every format shows it, so that nobody takes it for blank. */
export interface FailedLeaf {
  readonly kind: 'failed page' | 'failed file';
  /** From 1, of the page or of the file. */
  readonly number: number;
  readonly page: JobPage | null;
  /** A code of the error table, or "not read", in one line with what it was. */
  readonly reason: string;
}

/** One place in a document. */
export type Leaf = ReadLeaf | FailedLeaf;

/** The pages of a job in order, and its failed files where their pages would stand. */
export async function* leavesOf(job: Job, pages: AsyncIterable<ReadPage>): AsyncGenerator<Leaf> {
  let nextFile = 0;
  for await (const read of pages) {
    for (; nextFile <= read.page.fileIndex; nextFile += 1) yield* failedFile(job.files[nextFile]);
    yield leafOf(read);
  }
  for (const file of job.files.slice(nextFile)) yield* failedFile(file);
}

export function leafOf({ page, text }: ReadPage): Leaf {
  const number = page.number ?? page.fileFrame + 1;
  if (text) return { kind: 'page', number, page, text };
  return { kind: 'failed page', number, page, reason: `page ${number}: ${page.error?.code ?? 'not read'}` };
}

function* failedFile(file: JobFile | undefined): Generator<FailedLeaf> {
  if (file?.status !== 'failed') return;
  const number = file.index + 1;
  const reason = `file ${number}, ${file.name}: ${file.error?.code ?? 'not opened'}`;
  yield { kind: 'failed file', number, page: null, reason };
}
