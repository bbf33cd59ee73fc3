import { type Job, type JobFile, plainText } from '@docusnap/contracts';
import type { ReadPage } from './result.ts';

/** Between pages, as pdftotext writes it. */
const FORM_FEED = '\f';

/**
 * The pages of an ended job as plain text, apart by form feeds. A page or file that failed stands in its place as a line in square
 * brackets with its code, so that nobody takes it for blank.
 */
export async function* jobText(job: Job, pages: AsyncIterable<ReadPage>): AsyncGenerator<string> {
  let between = '';
  let nextFile = 0;
  for await (const { page, text } of pages) {
    for (; nextFile <= page.fileIndex; nextFile += 1) {
      const failed = fileFailure(job.files[nextFile]);
      if (failed) yield between + failed;
      if (failed) between = FORM_FEED;
    }
    yield between + (text ? `${plainText(text)}\n` : `[page ${page.number}: ${page.error?.code ?? 'not read'}]\n`);
    between = FORM_FEED;
  }
  for (const file of job.files.slice(nextFile)) {
    const failed = fileFailure(file);
    if (failed) yield between + failed;
    if (failed) between = FORM_FEED;
  }
}

function fileFailure(file: JobFile | undefined): string | undefined {
  return file?.status === 'failed'
    ? `[file ${file.index + 1}, ${file.name}: ${file.error?.code ?? 'not opened'}]\n`
    : undefined;
}
