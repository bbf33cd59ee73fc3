import { AppError } from '@docusnap/contracts';
import { askHost } from '../fetch/ask-host.ts';
import type { Reach } from '../fetch/reach.ts';
import { askedUrl } from '../fetch/target.ts';

export interface Message {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What a receiver said; what it sent with that is not looked at. */
export interface Said {
  readonly status: number;
  readonly retryAfter: string | undefined;
}

/** Sends a message; a redirect is an answer like others. Throws `url_refused`, what the connection does, and the reason of `signal`. */
export async function send(reach: Reach, { url, headers, body }: Message, signal: AbortSignal): Promise<Said> {
  const stop = new AbortController();
  const onAbort = (): void => stop.abort(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  if (signal.aborted) onAbort();
  try {
    const answer = await askHost(reach, askedUrl(reach.policy, url), stop, {
      method: 'POST',
      headers: {
        ...headers,
        'content-type': 'application/json',
        'content-length': String(Buffer.byteLength(body)),
        connection: 'close',
      },
      body,
    });
    answer.destroy();
    return { status: answer.statusCode ?? 0, retryAfter: answer.headers['retry-after'] };
  } catch (error) {
    throw stop.signal.aborted ? stop.signal.reason : error;
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

/** Why nothing was answered, in words for the log: no more than a code. */
export function silenceOf(error: unknown): string {
  const { name, code } = error as { readonly name?: unknown; readonly code?: unknown };
  if (name === 'TimeoutError' || code === 'url_timeout') return 'timeout';
  if (code === 'url_refused') return 'address refused';
  if (error instanceof AppError && error.code !== 'url_unreachable') return error.code;
  return typeof code === 'string' && code !== 'url_unreachable' ? `unreachable: ${code}` : 'unreachable';
}
