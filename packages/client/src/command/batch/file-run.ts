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
  const resumed = await resume(run, same);
  const sent = (known?.sent ?? 0) + (resumed ? 0 : 1);
  const job = resumed ?? (await send(run, path, file.sha256, sent));
  const { asked } = run.work;
  const kept = {
    ...file,
    asked,
    sent,
    job: job.id,
    done: false,
    outputs: [],
    owned: known?.owned ?? [],
    pages: 0,
    failed: 0,
  };
  state.set(resolve(path), kept);
  const ended = orThrow(await waitFor(run, path, job));
  run.onStage(path, { kind: 'fetching' });
  const contents = await run.work.fetch(run.docusnap, ended, run.signal);
  const failures = await failuresIn(run, ended);
  const outputs = folder === undefined ? [] : write(run, path, { contents, folder, kept });
  const { pages_done: pages, pages_failed: failed } = ended;
  const owned = [...new Set([...kept.owned, ...outputs])];
  state.set(resolve(path), { ...kept, done: ended.status === 'completed', outputs, owned, pages, failed });
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

/** Where a run is killed before it has noted its job, the next one makes the same key, and is given the same job. */
async function send(
  { docusnap, work, state, signal, onStage }: FileRun,
  path: string,
  sha256: string,
  sent: number,
): Promise<Job> {
  onStage(path, { kind: 'sending' });
  const request = JSON.stringify([state.nonce, resolve(path), sha256, work.asked, sent]);
  const idempotencyKey = `docusnap-${createHash('sha256').update(request).digest('hex')}`;
  return docusnap.jobs.submit({ data: path, name: basename(path) }, { ...work.ask, idempotencyKey, signal });
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

interface Written {
  readonly contents: readonly Content[];
  readonly folder: string;
  readonly kept: FileState;
}

/** Never over a file that is not an earlier result of this one: the source itself, another file's result, or the person's own. */
function write({ state }: FileRun, path: string, { contents, folder, kept }: Written): readonly string[] {
  const extensions = contents.map(({ extension }) => extension);
  const source = resolve(path);
  const isTaken = (name: string): boolean =>
    state.isTaken(name, source) || (!kept.owned.includes(name) && existsSync(join(folder, name)));
  const names = outputNames(path, extensions, isTaken);
  // Noted before they are there, so that a run after a loss of power knows them for its own.
  state.set(source, { ...kept, owned: [...new Set([...kept.owned, ...names])] });
  for (const [index, { content }] of contents.entries()) writeWhole(join(folder, names[index] ?? ''), content);
  return names;
}
