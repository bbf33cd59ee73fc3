import type { Batch, CreateBatchInput, NewBatch } from './generated/api.ts';
import { type CallOptions, call, requestOf, type SendOptions } from './http/call.ts';
import type { Http } from './http/http.ts';
import { type Listing, listing } from './http/listing.ts';
import type { FileInput } from './input/file-input.ts';
import { submitBody } from './input/submit-body.ts';

export type BatchOptions = Omit<CreateBatchInput, 'files'> & SendOptions;

/** Seconds for which the server holds one question, and for which its answer may be on its way. */
const HOLD_SECONDS = 50;
const GRACE_SECONDS = 30;

/** Many documents under one name, each a job. */
export function batchesOf(http: Http) {
  const get = (id: string, options: CallOptions = {}): Promise<Batch> =>
    call(http, 'get_v1_batches_id', { parts: { id }, ...options });
  return {
    /** Makes a batch of these files, each a job, all or none; or an empty one, to be given jobs by their `batch`. */
    create: async (
      files: readonly FileInput[] = [],
      { signal, idempotencyKey, ...fields }: BatchOptions = {},
    ): Promise<NewBatch> => {
      const body = await submitBody(files, fields);
      const request = { ...requestOf('post_v1_batches', { signal, idempotencyKey, timeoutMs: null }), body };
      return http.send(request, (response) => response.json() as Promise<NewBatch>);
    },
    get,
    /** Waits until each document it was given has ended. */
    wait: async (id: string, { signal }: CallOptions = {}): Promise<Batch> => {
      const timeoutMs = (HOLD_SECONDS + GRACE_SECONDS) * 1_000;
      for (;;) {
        const batch = await call(http, 'get_v1_batches_id', {
          parts: { id },
          query: { wait: HOLD_SECONDS },
          signal,
          timeoutMs,
        });
        if (batch.status !== 'running') return batch;
      }
    },
    /** The newest first. */
    list: ({ signal, ...query }: CallOptions & { readonly limit?: number } = {}): Listing<Batch> =>
      listing(async (cursor) => {
        const part = await call(http, 'get_v1_batches', { query: { ...query, cursor }, signal });
        return { items: part.batches, nextCursor: part.next_cursor };
      }),
    /** Cancels every job of it that runs. */
    cancel: (id: string, options: SendOptions = {}): Promise<Batch> =>
      call(http, 'post_v1_batches_id_cancel', { parts: { id }, ...options }),
    /** Erases it and its jobs. */
    erase: (id: string, options: CallOptions = {}): Promise<void> =>
      call(http, 'delete_v1_batches_id', { parts: { id }, ...options }),
  };
}
