import type { Problem } from '@docusnap/contracts';
import { CallError, newRequestName } from './call.ts';
import { signedOut } from './session.ts';

export interface Sending {
  /** Share of the bytes that have left, from 0 to 1. */
  readonly onProgress?: (share: number) => void;
  readonly signal?: AbortSignal;
}

/**
 * Posts a form with files and tells how far that is, which fetch cannot. It carries an Idempotency-Key, so that what a browser sends again
 * by itself is done once. Throws CallError; an AbortError where the signal says so.
 */
export function sendForm<T>(path: string, form: FormData, { onProgress, signal }: Sending = {}): Promise<T> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const stop = () => request.abort();
    request.open('POST', path);
    request.responseType = 'json';
    request.setRequestHeader('idempotency-key', newRequestName());
    request.upload.onprogress = (event) => {
      if (event.lengthComputable) onProgress?.(event.loaded / event.total);
    };
    request.onload = () => {
      if (request.status < 300) resolve(request.response as T);
      else reject(refused(request));
    };
    request.onerror = () => reject(new CallError({ code: 'unreachable', detail: '', status: 0, retryable: true }));
    request.onabort = () => reject(new DOMException('Given up', 'AbortError'));
    request.onloadend = () => signal?.removeEventListener('abort', stop);
    if (signal?.aborted) return reject(new DOMException('Given up', 'AbortError'));
    signal?.addEventListener('abort', stop);
    request.send(form);
  });
}

function refused(request: XMLHttpRequest): CallError {
  const problem = request.response as Problem | null;
  if (problem?.code === 'unauthorized') signedOut();
  return new CallError({
    code: problem?.code ?? 'unknown',
    detail: problem?.detail ?? request.statusText,
    status: request.status,
    retryable: problem?.retryable ?? request.status >= 500,
    retryAfter: Number(request.getResponseHeader('retry-after')) || undefined,
  });
}
