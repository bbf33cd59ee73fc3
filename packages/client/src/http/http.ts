import { DocuSnapError } from '../errors.ts';
import { newKey } from './new-key.ts';
import { pause } from './pause.ts';
import { errorOf } from './problem.ts';

/** How requests are made. */
export interface Http {
  readonly url: string;
  /**
   * Sends a request, again where that may help, and gives what `read` made of the answer. A POST bears an Idempotency-Key, the same each time, so that
   * it is carried out once. Throws DocuSnapError, and the signal's reason.
   */
  send<Answer>(request: HttpRequest, read: (response: Response) => Promise<Answer>): Promise<Answer>;
}

export interface HttpRequest {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: FormData | string | undefined;
  readonly signal?: AbortSignal | undefined;
  /** How long one attempt may take; as long as it takes where null. */
  readonly timeoutMs?: number | null;
  /** Of a POST; one is made unless given. */
  readonly idempotencyKey?: string | undefined;
  /** Answers beside the good ones that `read` is given. */
  readonly alsoGood?: readonly number[];
}

export interface HttpOptions {
  readonly url: string;
  readonly apiKey?: string | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** How often a request is sent again. */
  readonly retries?: number | undefined;
  /** The longest wait before it is sent again; a server that asks for more is an error at once. */
  readonly longestWaitMs?: number | undefined;
  readonly fetch?: typeof globalThis.fetch | undefined;
}

const RETRIES = 4;
const LONGEST_WAIT_MS = 60_000;
/** Where no server says how long: doubled each time, less up to half by chance, so that clients do not come all at once. */
const FIRST_WAIT_MS = 250;
const MOST_WAIT_MS = 8_000;
/** One attempt at a call that neither carries files nor is held by the server. */
const ATTEMPT_MS = 30_000;
/** Refusals of other kinds that pass by themselves within a moment. */
const SOON_OVER: ReadonlySet<string> = new Set(['idempotency_key_in_use', 'image_not_ready']);

export function openHttp(options: HttpOptions): Http {
  const url = baseUrl(options.url);
  const { retries = RETRIES, longestWaitMs = LONGEST_WAIT_MS } = options;
  const fetch = options.fetch ?? globalThis.fetch.bind(globalThis);
  const headersOf = (request: HttpRequest): Record<string, string> => ({
    ...(options.apiKey !== undefined && { authorization: `Bearer ${options.apiKey}` }),
    ...(request.method === 'POST' && { 'idempotency-key': request.idempotencyKey ?? newKey() }),
    ...(typeof request.body === 'string' && { 'content-type': 'application/json' }),
    ...options.headers,
    ...request.headers,
  });

  async function attempt<Answer>(request: HttpRequest, headers: Record<string, string>, read: ReadOf<Answer>) {
    const { method, path, body, alsoGood = [] } = request;
    const { signal, timedOut } = within(
      request.signal,
      request.timeoutMs === undefined ? ATTEMPT_MS : request.timeoutMs,
    );
    try {
      const init = { method, headers, ...(body !== undefined && { body }), ...(signal && { signal }) };
      const response = await fetch(url + path, init);
      if (!response.ok && !alsoGood.includes(response.status)) throw await errorOf(response);
      return await read(response);
    } catch (error) {
      request.signal?.throwIfAborted();
      if (error instanceof DocuSnapError) throw error;
      throw timedOut() ? timeoutError(url, error) : unreachable(url, error);
    }
  }

  return {
    url,
    async send(request, read) {
      request.signal?.throwIfAborted();
      const headers = headersOf(request);
      for (let sent = 0; ; sent += 1) {
        try {
          return await attempt(request, headers, read);
        } catch (error) {
          const wait = error instanceof DocuSnapError ? waitAfter(error, sent) : undefined;
          if (wait === undefined || sent >= retries || wait > longestWaitMs) throw error;
          await pause(wait, request.signal);
        }
      }
    },
  };
}

type ReadOf<Answer> = (response: Response) => Promise<Answer>;

/** Milliseconds until the request may be sent again; undefined where that does not help. */
export function waitAfter(error: DocuSnapError, sent: number): number | undefined {
  const { status = 0, code, retryable, retryAfterSeconds } = error;
  const passes = error.status === undefined || status >= 500 || status === 408 || status === 429 || SOON_OVER.has(code);
  if (!retryable || !passes) return undefined;
  if (retryAfterSeconds !== undefined) return retryAfterSeconds * 1_000;
  return Math.min(MOST_WAIT_MS, FIRST_WAIT_MS * 2 ** sent) * (1 - Math.random() / 2);
}

/** The caller's signal and a time limit as one. */
function within(signal: AbortSignal | undefined, timeoutMs: number | null) {
  const timeout = timeoutMs === null ? undefined : AbortSignal.timeout(timeoutMs);
  const both = [signal, timeout].filter((one) => one !== undefined);
  return { signal: both.length > 1 ? AbortSignal.any(both) : both[0], timedOut: () => timeout?.aborted === true };
}

function baseUrl(url: string): string {
  if (!URL.canParse(url)) throw new TypeError(`Expected url to be an address like http://host:8000, got "${url}".`);
  return url.replace(/\/+$/, '').replace(/\/v1$/, '');
}

function timeoutError(url: string, cause: unknown): DocuSnapError {
  return new DocuSnapError({ code: 'timed_out', retryable: true, message: `${url} did not answer in time.`, cause });
}

export function unreachable(url: string, error: unknown): DocuSnapError {
  const { cause = error } = (error ?? {}) as { readonly cause?: unknown };
  const { code, message = String(cause) } = (cause ?? {}) as { readonly code?: unknown; readonly message?: unknown };
  const why = String(code ?? message);
  return new DocuSnapError({
    code: 'unreachable',
    retryable: true,
    message: `${url} cannot be reached (${why}).`,
    cause: error,
  });
}
