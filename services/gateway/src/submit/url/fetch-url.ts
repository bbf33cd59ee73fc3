import { AppError } from '@docusnap/contracts';
import { type Answer, askHost } from '../../fetch/ask-host.ts';
import type { Reach } from '../../fetch/reach.ts';
import { type AskedUrl, askedUrl } from '../../fetch/target.ts';
import { fetchedName } from './file-name.ts';

/** Times a host may send us on, in one fetch. */
const REDIRECTS = 5;
const REDIRECT: ReadonlySet<number | undefined> = new Set([301, 302, 303, 307, 308]);
/** Answers that say "not now". */
const PASSING: ReadonlySet<number | undefined> = new Set([408, 425, 429]);

/** A file whose bytes begin to come. */
export interface FetchedFile {
  readonly name: string | undefined;
  /** How many there will be, as its host says. */
  readonly announcedBytes: number | undefined;
  readonly bytes: AsyncIterable<Uint8Array>;
  /** Cuts the connection, where the bytes are not read to their end. */
  close(): void;
}

/**
 * Fetches a file by its address. Each address on the way, redirects included, is checked from scratch. Throws `url_refused`, `url_unreachable`,
 * `url_timeout`, `url_without_file`, and the reason of `signal`; so do the bytes.
 */
export async function fetchUrl(reach: Reach, text: string, signal: AbortSignal): Promise<FetchedFile> {
  const stop = new AbortController();
  const onAbort = (): void => stop.abort(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  if (signal.aborted) onAbort();
  try {
    const { url, answer } = await follow(reach, askedUrl(reach.policy, text), stop);
    return {
      name: fetchedName(url, answer.headers['content-disposition']),
      announcedBytes: answer.headers['content-length'] ? Number(answer.headers['content-length']) : undefined,
      bytes: bytesOf(answer, stop.signal),
      close: () => {
        signal.removeEventListener('abort', onAbort);
        answer.destroy();
      },
    };
  } catch (error) {
    signal.removeEventListener('abort', onAbort);
    throw asUrlFailure(error, stop.signal);
  }
}

/** The first answer that is not a redirect, and whose it is. */
async function follow(reach: Reach, from: AskedUrl, stop: AbortController): Promise<{ url: URL; answer: Answer }> {
  let asked = from;
  for (let redirects = 0; redirects <= REDIRECTS; redirects += 1) {
    const answer = await askHost(reach, asked, stop);
    const { location } = answer.headers;
    try {
      if (!REDIRECT.has(answer.statusCode) || location === undefined) {
        refuseWithoutFile(answer);
        return { url: asked.url, answer };
      }
      asked = askedUrl(reach.policy, location, { base: asked.url });
    } catch (error) {
      answer.destroy();
      throw error;
    }
    answer.destroy();
  }
  throw new AppError('url_without_file', `It was sent on more than ${REDIRECTS} times.`);
}

function refuseWithoutFile({ statusCode = 0, headers }: Answer): void {
  if (statusCode >= 500 || PASSING.has(statusCode)) throw new AppError('url_unreachable', `It answered ${statusCode}.`);
  if (statusCode !== 200) throw new AppError('url_without_file', `It answered ${statusCode}.`);
  const packed = headers['content-encoding'] ?? 'identity';
  if (packed !== 'identity') throw new AppError('url_without_file', 'It answered with packed bytes.');
}

async function* bytesOf(answer: Answer, stopped: AbortSignal): AsyncGenerator<Uint8Array> {
  try {
    yield* answer;
  } catch (error) {
    throw asUrlFailure(error, stopped);
  } finally {
    answer.destroy();
  }
}

function asUrlFailure(error: unknown, stopped: AbortSignal): unknown {
  const cause: unknown = stopped.aborted ? stopped.reason : error;
  // As AbortSignal.timeout puts it.
  if ((cause as { name?: unknown } | null)?.name === 'TimeoutError') return new AppError('url_timeout');
  if (stopped.aborted || cause instanceof AppError) return cause;
  return new AppError('url_unreachable', undefined, { cause });
}
