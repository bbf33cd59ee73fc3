import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import type { JobBody, Problem, ResultBody } from '@docusnap/contracts';
import type { RunningSystem } from '../system.ts';

/** How a file ended. */
export interface Ending {
  readonly name: string;
  /** `completed`, or the codes that its submit, job, file and pages failed with. */
  readonly outcome: string;
  /** False where the caller would not know what to think of it: no code, or one that says that something of ours went wrong. */
  readonly clean: boolean;
  readonly ms: number;
}

/** Codes that blame the service, not the file. */
const OURS: ReadonlySet<string> = new Set([
  'internal',
  'attempts_exhausted',
  'database_unavailable',
  'storage_unavailable',
  'blob_damaged',
  'blob_missing',
  'no code',
]);

/** Sends one file and waits until its job has ended; the job is then erased. */
export async function endingOf(system: RunningSystem, path: string): Promise<Ending> {
  const bytes = await readFile(path);
  const started = performance.now();
  const codes = new Set(await codesOf(system, basename(path), bytes));
  return {
    name: basename(path),
    outcome: codes.size === 0 ? 'completed' : [...codes].join(' '),
    clean: ![...codes].some((code) => OURS.has(code)),
    ms: performance.now() - started,
  };
}

async function codesOf(system: RunningSystem, name: string, bytes: Buffer): Promise<string[]> {
  const form = new FormData();
  form.set('options', JSON.stringify({ cache: false }));
  form.set('file', new Blob([Uint8Array.from(bytes)]), name);
  const answer = await call(system, '/v1/jobs', { method: 'POST', body: form });
  if (answer.status !== 202) return [((await answer.json()) as Partial<Problem>).code ?? 'no code'];
  let job = (await answer.json()) as JobBody;
  const self = `/v1/jobs/${job.id}`;
  while (job.finished_at === null) job = (await (await call(system, `${self}?wait=60`)).json()) as JobBody;
  const { pages } = (await (await call(system, `${self}/result?format=json`)).json()) as ResultBody;
  await call(system, self, { method: 'DELETE' });
  const failures = [job.error, ...job.files.map(({ error }) => error), ...pages.map(({ error }) => error)];
  return failures.flatMap((failure) => (failure === null ? [] : [failure.code]));
}

function call({ url, key }: RunningSystem, path: string, init: RequestInit = {}): Promise<Response> {
  return fetch(new URL(path, url), { ...init, headers: { authorization: `Bearer ${key}` } });
}
