import type { ErrorCode, Failure } from '@docusnap/contracts';
import { ERRORS } from '@docusnap/contracts/errors';
import { language } from '../words/language.ts';
import { CallError } from './call.ts';
import { ERRORS_ZH } from './errors-zh.ts';
import { words } from './words.ts';

/** Why something failed, in the page's language: what happened and what to do. Null where it was only given up. */
export function explain(error: unknown): string | null {
  if (error instanceof DOMException && error.name === 'AbortError') return null;
  const w = words();
  if (!(error instanceof CallError)) return w.unknown;
  if (error.code === 'unreachable') return w.unreachable;
  if (error.code === 'unknown') return w.answered(error.status);
  return explainFailure({ code: error.code, message: error.message, retryable: error.retryable });
}

/** The same of a failure that is kept with a file, page or job. */
export function explainFailure({ code, message }: Failure): string {
  if (language.value === 'en') return message;
  const own = ERRORS_ZH[code] as string | undefined;
  if (own === undefined) return message;
  // What the server adds to its sentence (a limit, a field) is in English, and better than nothing.
  const sentence = ERRORS[code].message;
  const detail = message.startsWith(sentence) ? message.slice(sentence.length).trim() : '';
  return detail === '' ? own : `${own}（${detail}）`;
}

export function isCode(error: unknown, code: ErrorCode): boolean {
  return error instanceof CallError && error.code === code;
}
