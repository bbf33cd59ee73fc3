import { createHash } from 'node:crypto';
import { createReadStream, existsSync, statSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import type { DocuSnap } from '../../docusnap.ts';
import { DocuSnapError, isDocuSnapError } from '../../errors.ts';
import type { Job } from '../../generated/api.ts';
import { hasEnded, orThrow } from '../../jobs/ended.ts';
import { failuresOf } from '../../read.ts';
import { outputNames } from './names.ts';
import type { BatchState, FileState } from './state.ts';
import type { Content, Outcome, Work } from './work.ts';
import { writeWhole } from './write-whole.ts';

/** Where a file is in its run. */
export type Stage =
  | { readonly kind: 'sending' }
  | { readonly kind: 'reading'; readonly done: number; readonly total: number | null; readonly status: Job['status'] }
  | { readonly kind: 'fetching' };

export interface FileRun {
  readonly docusnap: DocuSnap;
  readonly work: Work;
  readonly state: BatchState;
  /** Folder for the results; undefined where they are printed. */
  readonly folder: string | undefined;
  /** Also what was read before. */
  readonly again: boolean;
  /** Erases the job once its result is here. */
  readonly erase: boolean;
  readonly signal: AbortSignal;
  readonly onStage: (path: string, stage: Stage) => void;
}

/** Reads one file, or goes on with it: what was sent before is not sent again, and what was written not fetched. Throws DocuSnapError. */
export async function runFile(run: FileRun, path: string): Promise<Outcome> {
  const { state, folder } = run;
  const known = state.get(resolve(path));
  const file = await lookAt(path, known);
  const same = known?.sha256 === file.sha256 && known.asked === run.work.asked && !run.again ? known : undefined;
  if (same?.done && same.outputs.every((name) => existsSync(join(folder ?? '.', name))))
    return skipped(run, path, same);
  const begun = { ...file, asked: run.work.asked, done: false, outputs: [], pages: 0, failed: 0 };
  const keep = (part: Pick<FileState, 'sent' | 'job'> & Partial<FileState>): void =>
    state.set(resolve(path), { ...begun, ...part });
  const sent = known?.sent ?? 0;
  const job =
    (await resume(run, same)) ?? (await send(run, path, file.sha256, same?.job === null ? sent : sent + 1, keep));
  const ended = orThrow(await waitFor(run, path, job));
  run.onStage(path, { kind: 'fetching' });
  const contents = await run.work.fetch(run.docusnap, ended, run.signal);
  const failures = await failuresIn(run, ended);
  const outputs = folder === undefined ? [] : write(run, path, contents, folder);
  const { pages_done: pages, pages_failed: failed } = ended;
  const sentNow = state.get(resolve(path))?.sent ?? sent;
  keep({ sent: sentNow, job: ended.id, done: ended.status === 'completed', outputs, pages, failed });
  if (run.erase) await run.docusnap.jobs.erase(ended.id, { signal: run.signal });
  return {
    path,
    status: failures.length > 0 ? 'partial' : 'read',
    job: ended.id,
    pages,
    failures,
    outputs: outputs.map((name) => join(folder ?? '.', name)),
    contents: folder === undefined ? contents : [],
  };
}

function skipped({ folder }: FileRun, path: string, { job, outputs, pages }: FileState): Outcome {
  const written = outputs.map((name) => join(folder ?? '.', name));
  return { path, status: 'skipped', job, pages, failures: [], outputs: written, contents: [] };
}

async function lookAt(
  path: string,
  known: FileState | undefined,
): Promise<Pick<FileState, 'sha256' | 'size' | 'modified'>> {
  const found = statSync(path, { throwIfNoEntry: false });
  if (!found) throw new DocuSnapError({ code: 'file_unreadable', message: `There is no file ${path}.` });
  if (found.isDirectory()) throw new DocuSnapError({ code: 'file_unreadable', message: `${path} is a folder.` });
  const { size, mtimeMs: modified } = found;
  if (known?.size === size && known.modified === modified) return { sha256: known.sha256, size, modified };
  const hash = createHash('sha256');
  try {
    for await (const chunk of createReadStream(path)) hash.update(chunk as Uint8Array);
  } catch (cause) {
    const why = (cause as NodeJS.ErrnoException).code;
    throw new DocuSnapError({ code: 'file_unreadable', message: `${path} cannot be opened (${why}).`, cause });
  }
  return { sha256: hash.digest('hex'), size, modified };
}

/** The job that an earlier run left, if it is still there; what failed of it is read again. */
async function resume({ docusnap, signal }: FileRun, known: FileState | undefined): Promise<Job | undefined> {
  if (!known?.job) return undefined;
  try {
    const job = await docusnap.jobs.get(known.job, { signal });
    if (!hasEnded(job) || job.status === 'completed') return job;
    return await docusnap.jobs.retry(job.id, { signal });
  } catch (error) {
    // Erased meanwhile: it is sent anew.
    if (isDocuSnapError(error, 'job_not_found', 'nothing_to_retry')) return undefined;
    throw error;
  }
}

/** The key is of the content: where a run is killed before it knows its job, the next one is given the same job. */
async function send(
  { docusnap, work, signal, onStage }: FileRun,
  path: string,
  sha256: string,
  sent: number,
  keep: (part: Pick<FileState, 'sent' | 'job'>) => void,
): Promise<Job> {
  onStage(path, { kind: 'sending' });
  keep({ sent, job: null });
  const name = basename(path);
  const idempotencyKey = `docusnap-${createHash('sha256').update(`${sha256} ${work.asked} ${name} ${sent}`).digest('hex')}`;
  const job = await docusnap.jobs.submit({ data: path, name }, { ...work.ask, idempotencyKey, signal });
  keep({ sent, job: job.id });
  return job;
}

function waitFor({ docusnap, signal, onStage }: FileRun, path: string, job: Job): Promise<Job> {
  const onChange = (now: Job): void =>
    onStage(path, {
      kind: 'reading',
      done: now.pages_done + now.pages_failed,
      total: now.pages_total,
      status: now.status,
    });
  onChange(job);
  return docusnap.jobs.wait(job.id, { signal, onChange });
}

async function failuresIn({ docusnap, signal }: FileRun, job: Job): Promise<string[]> {
  if (job.status === 'completed') return [];
  const pages = [];
  for await (const page of docusnap.jobs.pageList(job.id, { status: 'failed', signal })) pages.push(page);
  const understood = job.extraction?.error;
  return [
    ...failuresOf(job, pages).map(
      ({ page, error }) => `${page === null ? '' : `page ${page}: `}${error.message} (${error.code})`,
    ),
    ...(understood ? [`${understood.message} (${understood.code})`] : []),
  ];
}

function write({ state }: FileRun, path: string, contents: readonly Content[], folder: string): readonly string[] {
  const extensions = contents.map(({ extension }) => extension);
  const names = outputNames(path, extensions, (name) => state.isTaken(name, resolve(path)));
  for (const [index, { content }] of contents.entries()) writeWhole(join(folder, names[index] ?? ''), content);
  return names;
}
