import type { ErrorCode, Problem } from '@docusnap/contracts';
import { signedOut } from './session.ts';

/** What the server refused, or that it could not be reached (`unreachable`). */
export class CallError extends Error {
  readonly code: ErrorCode | 'unreachable' | 'unknown';
  readonly status: number;
  readonly retryable: boolean;
  /** Seconds, as the server says. */
  readonly retryAfter: number | undefined;

  constructor(of: {
    code: CallError['code'];
    detail: string;
    status: number;
    retryable: boolean;
    retryAfter?: number | undefined;
  }) {
    super(of.detail);
    this.name = 'CallError';
    this.code = of.code;
    this.status = of.status;
    this.retryable = of.retryable;
    this.retryAfter = of.retryAfter;
  }
}

export interface CallOptions {
  readonly method?: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';
  readonly json?: unknown;
  readonly form?: FormData;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal | undefined;
}

/** Calls the API and gives its JSON. Throws CallError; an AbortError where the signal says so. */
export async function call<T>(path: string, options: CallOptions = {}): Promise<T> {
  const response = await ask(path, options);
  return (response.status === 204 ? undefined : await response.json()) as T;
}

/** Calls the API and gives the answer, whatever it holds. Throws CallError. */
export async function ask(path: string, options: CallOptions = {}): Promise<Response> {
  const { method = 'GET', json, form, headers = {}, signal } = options;
  let response: Response;
  try {
    response = await fetch(path, {
      method,
      credentials: 'same-origin',
      headers: { ...headers, ...(json !== undefined && { 'content-type': 'application/json' }) },
      body: form ?? (json === undefined ? null : JSON.stringify(json)),
      ...(signal && { signal }),
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new CallError({ code: 'unreachable', detail: String(error), status: 0, retryable: true });
  }
  if (!response.ok && response.status !== 304) throw await refusal(response);
  return response;
}

/** An answer that is no success, as an error. */
export async function refusal(response: Response): Promise<CallError> {
  const retryAfter = Number(response.headers.get('retry-after')) || undefined;
  const problem = (await response.json().catch(() => null)) as Problem | null;
  // Not what is refused of a sign-in: that leaves a session as it is.
  if (problem?.code === 'unauthorized') signedOut();
  return new CallError({
    code: problem?.code ?? 'unknown',
    detail: problem?.detail ?? response.statusText,
    status: response.status,
    retryable: problem?.retryable ?? response.status >= 500,
    retryAfter,
  });
}

/** A name for one request, so that sending it twice does it once. */
export function newRequestName(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
