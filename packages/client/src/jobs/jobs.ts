import type { Delivery, Erasure, ExtractionInput, Job, Operations, Page } from '../generated/api.ts';
import { type CallOptions, call, requestOf, type SendOptions } from '../http/call.ts';
import type { Http } from '../http/http.ts';
import { type Listing, listing } from '../http/listing.ts';
import type { FileInput } from '../input/file-input.ts';
import { type PageListOptions, pageList } from './page-list.ts';
import { page, pages } from './pages.ts';
import { type Format, type InFormat, inFormat, type ResultOptions, result } from './result.ts';
import { type JobEvent, type StreamOptions, stream } from './stream.ts';
import { type SubmitOptions, submit, submitEach } from './submit.ts';
import { type WaitOptions, wait } from './wait.ts';

type ListQuery = Omit<Operations['get_v1_jobs']['query'], 'cursor'>;

/** What is done with jobs. */
export function jobsOf(http: Http) {
  return {
    /** Sends files as one job. */
    submit: (files: FileInput | readonly FileInput[], options?: SubmitOptions): Promise<Job> =>
      submit(http, files, options),
    /** Sends files as a job each, all or none. */
    submitEach: (files: readonly FileInput[], options?: SubmitOptions): Promise<readonly Job[]> =>
      submitEach(http, files, options),
    /** The job as it is. */
    get: (id: string, options: CallOptions = {}): Promise<Job> =>
      call(http, 'get_v1_jobs_id', { parts: { id }, ...options }),
    /** Waits for its end, whichever it is: look at `status`. */
    wait: (id: string, options?: WaitOptions): Promise<Job> => wait(http, id, options),
    /** Its events until its end. */
    stream: (id: string, options?: StreamOptions): AsyncGenerator<JobEvent> => stream(http, id, options),
    /** Its pages as they are read. */
    pages: (id: string, options?: CallOptions): AsyncGenerator<Page> => pages(http, id, options),
    /** One page; with a format as that comes. */
    page: <Of extends Format = 'json'>(
      id: string,
      n: number,
      { format, ...options }: CallOptions & { readonly format?: Of } = {},
    ): Promise<InFormat<Of, Page>> =>
      format === undefined
        ? (page(http, id, n, options) as Promise<InFormat<Of, Page>>)
        : inFormat(
            http,
            requestOf('get_v1_jobs_id_pages_n', { parts: { id, n }, query: { format }, ...options }),
            format,
          ),
    /** Its pages without their texts: which were read, which failed, and why. */
    pageList: (id: string, options?: PageListOptions) => pageList(http, id, options),
    /** A picture of a page, JPEG. */
    image: (
      id: string,
      n: number,
      { width, ...options }: CallOptions & { readonly width?: number } = {},
    ): Promise<Blob> =>
      http.send(
        requestOf('get_v1_jobs_id_pages_n_image', { parts: { id, n }, query: { width }, ...options }),
        (answer) => answer.blob(),
      ),
    /** The k-th table of a page, from 1, as CSV. */
    table: (id: string, n: number, k: number, options: CallOptions = {}): Promise<string> =>
      http.send(requestOf('get_v1_jobs_id_pages_n_tables_k_csv', { parts: { id, n, k }, ...options }), (answer) =>
        answer.text(),
      ),
    /** The result of an ended job: JSON unless another format is named. */
    result: <Of extends Format = 'json'>(id: string, options?: ResultOptions<Of>) => result(http, id, options),
    /** Jobs, the newest first. */
    list: ({ signal, ...query }: ListQuery & CallOptions = {}): Listing<Job> =>
      listing(async (cursor) => {
        const part = await call(http, 'get_v1_jobs', { query: { ...query, cursor }, signal });
        return { items: part.jobs, nextCursor: part.next_cursor };
      }),
    /** Stops it. What was read stays. */
    cancel: (id: string, options: SendOptions = {}): Promise<Job> =>
      call(http, 'post_v1_jobs_id_cancel', { parts: { id }, ...options }),
    /** Reads again what failed. */
    retry: (id: string, options: SendOptions = {}): Promise<Job> =>
      call(http, 'post_v1_jobs_id_retry', { parts: { id }, ...options }),
    /** Understands what was read, without reading it again. */
    understand: (id: string, ask: ExtractionInput, options: SendOptions = {}): Promise<Job> =>
      call(http, 'post_v1_jobs_id_extractions', { parts: { id }, body: ask, ...options }),
    /** Erases it: files, texts and rows. Gives the receipt. */
    erase: async (id: string, options: CallOptions = {}): Promise<Erasure> => {
      const erased = await call(http, 'delete_v1_jobs_id', {
        parts: { id },
        headers: { prefer: 'return=representation' },
        ...options,
      });
      return erased ?? (await call(http, 'get_v1_erasures_id', { parts: { id }, ...options }));
    },
    /** The receipt of an erased job. */
    erasure: (id: string, options: CallOptions = {}): Promise<Erasure> =>
      call(http, 'get_v1_erasures_id', { parts: { id }, ...options }),
    /** Whom it told of its end, and how they answered. */
    deliveries: (id: string, { signal, ...query }: CallOptions & { readonly limit?: number } = {}): Listing<Delivery> =>
      listing(async (cursor) => {
        const part = await call(http, 'get_v1_jobs_id_deliveries', {
          parts: { id },
          query: { ...query, cursor },
          signal,
        });
        return { items: part.deliveries, nextCursor: part.next_cursor };
      }),
  };
}
