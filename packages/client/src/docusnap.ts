import { batchesOf } from './batches.ts';
import { type Extraction, type ExtractOptions, extract, extractionOf } from './extract/extract.ts';
import type { Wanted, WantedSchema } from './extract/schemas.ts';
import type { Job, Operations, System, UsageList } from './generated/api.ts';
import { type CallInput, type CallOptions, call } from './http/call.ts';
import { type HttpOptions, openHttp } from './http/http.ts';
import type { FileInput } from './input/file-input.ts';
import { jobsOf } from './jobs/jobs.ts';
import { keysOf } from './keys.ts';
import { type Reading, type ReadOptions, read } from './read.ts';
import { webhooksOf } from './webhooks/webhooks.ts';

export type DocuSnap = ReturnType<typeof openDocuSnap>;

/** Where a DocuSnap answers, and a key for it. Nothing is opened yet, and nothing has to be closed. */
export function openDocuSnap(options: HttpOptions) {
  const http = openHttp(options);
  return {
    /** Sends files as one job, waits, and gives what they say. */
    read: (files: FileInput | readonly FileInput[], options?: ReadOptions): Promise<Reading> =>
      read(http, files, options),
    /** Reads files and finds the fields of a schema in them, each with its proof. */
    extract: <const Schema extends WantedSchema>(
      files: FileInput | readonly FileInput[],
      schema: Schema,
      options?: ExtractOptions,
    ): Promise<Extraction<Wanted<Schema>>> => extract(http, files, schema, options),
    /** The fields of a job that has ended, whose task was to find those of this schema. */
    extractionOf: <const Schema extends WantedSchema>(job: Job, schema: Schema, { signal }: CallOptions = {}) =>
      extractionOf(http, job, schema, signal),
    jobs: jobsOf(http),
    batches: batchesOf(http),
    keys: keysOf(http),
    webhooks: webhooksOf(http),
    /** Jobs, pages, bytes and tokens by day, by key or both. */
    usage: ({ signal, ...query }: Operations['get_v1_usage']['query'] & CallOptions = {}): Promise<UsageList> =>
      call(http, 'get_v1_usage', { query, signal }),
    /** Whether the installation keeps up, for operators. */
    system: (options: CallOptions = {}): Promise<System> => call(http, 'get_v1_system', options),
    /** Any call of the API, by its `operationId` in /openapi.json. */
    call: <Of extends keyof Operations>(name: Of, input?: CallInput<Of>): Promise<Operations[Of]['answer']> =>
      call(http, name, input),
  };
}
