import { createHash } from 'node:crypto';
import { FORMATS, type Format } from '../jobs/result.ts';
import type { FileRun } from './batch/file-run.ts';
import { openState } from './batch/state.ts';
import type { Content, Outcome, Work } from './batch/work.ts';
import { type Call, choiceOf, countOf, textOf } from './call.ts';
import { UsageError } from './exit-codes.ts';
import type { Progress } from './progress.ts';

const AT_ONCE = 4;
const MOST_AT_ONCE = 64;
const EXTENSIONS: Readonly<Record<Format, string>> = {
  json: 'json',
  text: 'txt',
  markdown: 'md',
  hocr: 'hocr',
  alto: 'alto.xml',
  tsv: 'tsv',
  pdf: 'pdf',
};

/** The options that read, extract and watch have in common. Throws UsageError. */
export function readingOptions(call: Call) {
  const setting = choiceOf('setting', textOf(call, 'setting'), ['accurate', 'fast']);
  const pages = textOf(call, 'pages');
  const password = textOf(call, 'password');
  return {
    folder: textOf(call, 'out'),
    atOnce: countOf(call, 'concurrency', AT_ONCE, MOST_AT_ONCE),
    options: {
      ...(setting && { setting }),
      ...(pages !== undefined && { pages }),
      ...(password !== undefined && { password }),
    },
  };
}

/** What `read` and `watch` do with a file. Throws UsageError. */
export function textWork(call: Call): Work {
  const { folder, options } = readingOptions(call);
  const asked = [call.given.format ?? 'text'].flat().flatMap((text) => String(text).split(','));
  const formats = [...new Set(asked.flatMap((format) => choiceOf('format', format, FORMATS) ?? []))];
  if (folder === undefined && formats.length > 1) throw new UsageError('Several formats need a folder: --out DIR');
  if (folder === undefined && formats.includes('pdf') && call.output.isTTY)
    throw new UsageError('A PDF is not for a terminal: --out DIR');
  return {
    ask: { options },
    extensions: formats.map((format) => EXTENSIONS[format]),
    asked: digestOf({ formats, options }),
    fetch: async (docusnap, job, signal) => {
      const contents: Content[] = [];
      for (const format of formats) {
        const result: unknown = await docusnap.jobs.result(job.id, { format, signal });
        contents.push({ extension: EXTENSIONS[format], content: await contentOf(result) });
      }
      return contents;
    },
  };
}

async function contentOf(result: unknown): Promise<string | Uint8Array> {
  if (result instanceof Blob) return new Uint8Array(await result.arrayBuffer());
  return typeof result === 'string' ? result : `${JSON.stringify(result, null, 1)}\n`;
}

/** What a batch is known by when it goes on. Not by its password, which is not kept where it could be guessed, and changes nothing of a text. */
export function digestOf(asked: object): string {
  const kept = JSON.stringify(asked, (name, value) => (name === 'password' ? undefined : value));
  return createHash('sha256').update(kept).digest('hex').slice(0, 16);
}

/** How each file is run. */
export function fileRun(call: Call, work: Work, progress: Progress): FileRun {
  return {
    docusnap: call.connect().docusnap,
    work,
    state: openState(textOf(call, 'out')),
    folder: textOf(call, 'out'),
    again: call.given.again === true,
    erase: call.given.erase === true,
    signal: call.signal,
    onStage: progress.stage,
  };
}

/** What became of a file, as a line of JSON. */
export function outcomeLine({ path, contents, failures, ...rest }: Outcome): string {
  const texts = contents.map(({ content }) =>
    typeof content === 'string' ? content : Buffer.from(content).toString('base64'),
  );
  const content = texts.length > 0 ? { content: texts[0] } : {};
  return `${JSON.stringify({ file: path, ...rest, failures, ...content })}\n`;
}
