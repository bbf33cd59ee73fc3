import type { Job, Split, SubmitInput } from '../generated/api.ts';
import { requestOf, type SendOptions } from '../http/call.ts';
import type { Http } from '../http/http.ts';
import type { FileInput } from '../input/file-input.ts';
import { submitBody } from '../input/submit-body.ts';

/** What may be said of a job beside its files, with the API's own names. */
export interface SubmitOptions extends Omit<SubmitInput, 'files' | 'options'>, SendOptions {
  readonly options?: Omit<NonNullable<SubmitInput['options']>, 'split'> | undefined;
}

/** Sends files as one job. `fill` takes none. */
export async function submit(
  http: Http,
  files: FileInput | readonly FileInput[],
  options: SubmitOptions = {},
): Promise<Job> {
  return (await sendJob(http, files, options)) as Job;
}

/** Sends files as a job each, all or none. */
export async function submitEach(
  http: Http,
  files: readonly FileInput[],
  options: SubmitOptions = {},
): Promise<readonly Job[]> {
  const split = await sendJob(http, files, { ...options, options: { ...options.options, split: true } });
  return (split as Split).jobs;
}

async function sendJob(
  http: Http,
  files: FileInput | readonly FileInput[],
  { signal, idempotencyKey, ...fields }: SubmitOptions & { readonly options?: SubmitInput['options'] },
): Promise<Job | Split> {
  const body = await submitBody([files].flat() as FileInput[], fields);
  // An upload takes as long as it takes: the server ends one that stands still.
  const request = { ...requestOf('post_v1_jobs', { signal, idempotencyKey, timeoutMs: null }), body };
  return http.send(request, (response) => response.json() as Promise<Job | Split>);
}
