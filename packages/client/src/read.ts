import type { Failure, Job, Page } from './generated/api.ts';
import type { Http } from './http/http.ts';
import type { FileInput } from './input/file-input.ts';
import { orThrow } from './jobs/ended.ts';
import { result } from './jobs/result.ts';
import { type SubmitOptions, submit } from './jobs/submit.ts';
import { type WaitOptions, wait } from './jobs/wait.ts';

export type ReadOptions = SubmitOptions & Pick<WaitOptions, 'onChange'>;

/** What was read. */
export interface Reading {
  /** All of it: paragraphs apart by empty lines, pages by form feeds. */
  readonly text: string;
  /** Blocks, lines, words and tables with their places and confidences; pages that failed have their error instead. */
  readonly pages: readonly Page[];
  /** What could not be read; empty when all was. */
  readonly failures: readonly ReadingFailure[];
  readonly job: Job;
}

export interface ReadingFailure {
  /** Of the page; null where a whole file could not be opened. */
  readonly page: number | null;
  readonly file: string;
  readonly error: Failure;
}

/** Sends files, waits, and gives what they say. Throws DocuSnapError where nothing of them was read. */
export async function read(
  http: Http,
  files: FileInput | readonly FileInput[],
  { onChange, ...options }: ReadOptions = {},
): Promise<Reading> {
  const { signal } = options;
  const submitted = await submit(http, files, options);
  onChange?.(submitted);
  const job = orThrow(await wait(http, submitted.id, { signal, onChange }));
  const [text, { pages }] = await Promise.all([
    result(http, job.id, { format: 'text', signal }),
    result(http, job.id, { signal }),
  ]);
  return { text, pages, failures: failuresOf(job, pages), job };
}

/** What of an ended job could not be read. */
export function failuresOf(
  job: Job,
  pages: readonly Pick<Page, 'number' | 'file_index' | 'error'>[],
): readonly ReadingFailure[] {
  const nameOf = (index: number): string => job.files.find((file) => file.index === index)?.name ?? job.name;
  return [
    ...job.files.flatMap(({ name, error }) => (error ? [{ page: null, file: name, error }] : [])),
    ...pages.flatMap(({ number, file_index: index, error }) =>
      error ? [{ page: number, file: nameOf(index), error }] : [],
    ),
  ];
}
