import { openAsBlob } from 'node:fs';
import { access, constants, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { hasEnded, JobBody, Problem, ResultBody } from '@docusnap/contracts';
import { errorCode } from '../error-code.ts';

/** Where a system answers, and a key for it. */
export interface Api {
  readonly url: string;
  readonly key: string;
}

/** Why a file was not read, in words for the person who asked. */
export class ReadError extends Error {}

export interface ReadFile {
  readonly text: string;
  /** What could not be read of it; empty when all pages were. */
  readonly failures: readonly string[];
}

const WAIT_SECONDS = 60;
/** A busy or restarting server says when to come back; this often it is believed. */
const TRIES = 5;

/** Reads one file: submits it, waits for its end and fetches its text. Throws ReadError when nothing of it was read. */
export async function readFile(api: Api, path: string, signal: AbortSignal): Promise<ReadFile> {
  const submitted = await submit(api, path, signal);
  const job = await waitForEnd(api, submitted, signal);
  if (job.status === 'completed') return { text: await textOf(api, job, signal), failures: [] };
  if (job.status !== 'partial') throw new ReadError(reasonOf(job));
  return { text: await textOf(api, job, signal), failures: await failuresOf(api, job, signal) };
}

async function submit(api: Api, path: string, signal: AbortSignal): Promise<JobBody> {
  const form = new FormData();
  form.append('file', await openFile(path), basename(path));
  const response = await call(api, '/v1/jobs', { method: 'POST', body: form, signal });
  return JobBody.parse(await response.json());
}

/** The file as it lies on the disk: it is read while it is sent. Throws ReadError when there is none to be opened. */
export async function openFile(path: string): Promise<Blob> {
  try {
    if ((await stat(path)).isDirectory()) throw new ReadError('It is a directory; name the files in it.');
    // A blob is opened only as it is sent.
    await access(path, constants.R_OK);
    return await openAsBlob(path);
  } catch (error) {
    if (error instanceof ReadError) throw error;
    const code = errorCode(error);
    if (code === 'ENOENT') throw new ReadError('There is no such file.', { cause: error });
    throw new ReadError(`It cannot be opened (${String(code ?? error)}).`, { cause: error });
  }
}

async function waitForEnd(api: Api, submitted: JobBody, signal: AbortSignal): Promise<JobBody> {
  let job = submitted;
  while (!hasEnded(job.status)) {
    const response = await call(api, `/v1/jobs/${job.id}?wait=${WAIT_SECONDS}`, { signal });
    job = JobBody.parse(await response.json());
  }
  return job;
}

async function textOf(api: Api, job: JobBody, signal: AbortSignal): Promise<string> {
  return (await call(api, `/v1/jobs/${job.id}/result?format=text`, { signal })).text();
}

function reasonOf(job: JobBody): string {
  const error = job.error ?? job.files.find((file) => file.error !== null)?.error;
  return error == null ? `The job ended as ${job.status}.` : `${error.code}: ${error.message}`;
}

async function failuresOf(api: Api, job: JobBody, signal: AbortSignal): Promise<string[]> {
  const response = await call(api, `/v1/jobs/${job.id}/result?format=json`, { signal });
  const { pages } = ResultBody.parse(await response.json());
  return pages.flatMap(({ number, file_frame: frame, error }) =>
    error === null ? [] : [`page ${number ?? frame + 1}: ${error.code}: ${error.message}`],
  );
}

/** One request. Refusals become ReadError with the server's own reason; what may succeed later is asked again. */
async function call(api: Api, path: string, request: RequestInit): Promise<Response> {
  for (let tries = 1; ; tries += 1) {
    const response = await send(api, path, request);
    if (response.ok) return response;
    const problem = Problem.safeParse(await response.json().catch(() => null));
    const retryable = problem.data?.retryable === true && [429, 503].includes(response.status);
    if (!retryable || tries === TRIES) {
      throw new ReadError(
        problem.success
          ? `${problem.data.code}: ${problem.data.detail}`
          : `${api.url} answered with status ${response.status}.`,
      );
    }
    await pause(1_000 * (Number(response.headers.get('retry-after')) || tries), undefined, { signal: request.signal! });
  }
}

async function send(api: Api, path: string, request: RequestInit): Promise<Response> {
  try {
    return await fetch(api.url + path, { ...request, headers: { authorization: `Bearer ${api.key}` } });
  } catch (error) {
    request.signal?.throwIfAborted();
    const cause = error instanceof Error ? (error.cause ?? error) : error;
    const why = String(errorCode(cause) ?? cause);
    throw new ReadError(`${api.url} cannot be reached (${why}).`, { cause: error });
  }
}
