import { DocuSnapError } from '../errors.ts';
import type { Problem } from '../generated/api.ts';

/** Characters of a body that is no problem document, as shown in a message. */
const SHOWN = 200;
/** Characters of it that are looked at: pages of proxies begin with their styles. */
const LOOKED_AT = 10_000;

/** What a refusal says, as an error. Reads the body. */
export async function errorOf(response: Response): Promise<DocuSnapError> {
  const text = await response.text();
  const facts = {
    status: response.status,
    retryAfterSeconds: retryAfter(response.headers.get('retry-after')),
    requestId: response.headers.get('x-request-id') ?? undefined,
  };
  const problem = problemIn(text);
  if (problem) {
    const { code, detail, retryable } = problem;
    return new DocuSnapError({ ...facts, code, message: detail, retryable });
  }
  const shown = wordsOf(text.slice(0, LOOKED_AT)).slice(0, SHOWN);
  return new DocuSnapError({
    ...facts,
    code: 'unexpected_answer',
    // Proxies answer so while the server behind them is away.
    retryable: [408, 429, 502, 503, 504].includes(response.status),
    message: `The server answered with status ${response.status} and no reason of its own${shown === '' ? '.' : `: ${shown}`}`,
  });
}

/** Of a page of HTML, or of its beginning, what is read of it. */
function wordsOf(text: string): string {
  const print = /^\s*</.test(text)
    ? text.replace(/<(head|style|script)\b.*?(?:<\/\1>|$)/gis, ' ').replace(/<[^>]*(?:>|$)/g, ' ')
    : text;
  return print.replace(/\s+/g, ' ').trim();
}

function problemIn(text: string): Problem | undefined {
  try {
    const value: Partial<Problem> | null = JSON.parse(text);
    return typeof value?.code === 'string' && typeof value.detail === 'string' ? (value as Problem) : undefined;
  } catch {
    // A page of a proxy, or nothing.
    return undefined;
  }
}

/** Seconds, from a number of them or a date. */
function retryAfter(header: string | null): number | undefined {
  if (header === null || header.trim() === '') return undefined;
  const seconds = Number(header);
  if (Number.isFinite(seconds)) return Math.max(0, seconds);
  const until = Date.parse(header);
  return Number.isNaN(until) ? undefined : Math.max(0, (until - Date.now()) / 1_000);
}
