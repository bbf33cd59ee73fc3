import { AppError, type TokenUsage } from '@docusnap/contracts';
import type { ModelAnswer, Question } from '@docusnap/extraction';
import { APIError, type OpenAI } from 'openai';
import type { Manner } from './manner.ts';
import type { ServerError } from './refusal.ts';
import { requestBody } from './request-body.ts';

/** One request, answered or refused. */
export type Said =
  | { readonly kind: 'answered'; readonly answer: ModelAnswer }
  | { readonly kind: 'refused'; readonly error: ServerError }
  /** The connection failed, before the answer or within it. */
  | { readonly kind: 'lost'; readonly failure: AppError };

/** Ends of an answer that say that somebody would not let the model speak: OpenAI's, and Zhipu's. */
const FILTERS: readonly string[] = ['content_filter', 'sensitive'];
const LENGTHS: readonly string[] = ['length', 'max_tokens'];

/**
 * One request to a server, in a manner of asking.
 *
 * @throws AppError `llm_timeout`; `llm_refused`; `llm_answer_invalid` for an answer that is no chat
 *   completion; `llm_misconfigured` where the address answers with something else than JSON; the reason of the signal
 */
export async function askServer(
  client: OpenAI,
  asked: { readonly model: string; readonly question: Question; readonly manner: Manner },
  { timeoutMs, signal }: { readonly timeoutMs: number; readonly signal: AbortSignal },
): Promise<Said> {
  const timeout = AbortSignal.timeout(timeoutMs);
  try {
    const completion: unknown = await client.chat.completions.create(
      requestBody(asked.model, asked.question, asked.manner),
      { signal: AbortSignal.any([signal, timeout]) },
    );
    return readCompletion(completion);
  } catch (error) {
    if (error instanceof AppError) throw error;
    signal.throwIfAborted();
    if (timeout.aborted) throw new AppError('llm_timeout', `It was given ${timeoutMs / 1000} seconds.`);
    if (error instanceof APIError && error.status !== undefined)
      return { kind: 'refused', error: serverErrorOf(error) };
    // No cause is kept: messages of the SDK and of JSON.parse repeat what was sent and answered.
    if (error instanceof SyntaxError) throw new AppError('llm_answer_invalid', 'It is not valid JSON.');
    return { kind: 'lost', failure: new AppError('llm_unavailable', reasonOf(error)) };
  }
}

interface Completion {
  readonly choices?: readonly {
    readonly finish_reason?: unknown;
    readonly message?: { readonly content?: unknown; readonly refusal?: unknown };
  }[];
  readonly usage?: { readonly prompt_tokens?: unknown; readonly completion_tokens?: unknown };
  readonly error?: unknown;
}

function readCompletion(completion: unknown): Said {
  if (typeof completion !== 'object' || completion === null)
    throw new AppError('llm_misconfigured', 'Its address does not answer with JSON.');
  const { choices, usage, error } = completion as Completion;
  // Some servers and routers report failures with a status of success.
  if (error !== undefined && error !== null && !choices?.length) return { kind: 'refused', error: inBody(error) };
  const [choice] = Array.isArray(choices) ? choices : [];
  if (choice?.message === undefined) throw new AppError('llm_answer_invalid', 'It is no chat completion.');
  const { content, refusal } = choice.message;
  const finish = String(choice.finish_reason ?? 'stop');
  if ((typeof refusal === 'string' && refusal !== '') || FILTERS.includes(finish)) throw new AppError('llm_refused');
  return {
    kind: 'answered',
    answer: { text: textOf(content), finish: LENGTHS.includes(finish) ? 'length' : 'stop', usage: usageOf(usage) },
  };
}

/** Content is a text, or a list of parts of which some are texts. */
function textOf(content: unknown): string {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return '';
  return content.map((part: { text?: unknown } | null) => (typeof part?.text === 'string' ? part.text : '')).join('');
}

function usageOf(usage: Completion['usage']): TokenUsage {
  const count = (value: unknown): number => (typeof value === 'number' && value >= 0 ? Math.round(value) : 0);
  return { prompt_tokens: count(usage?.prompt_tokens), completion_tokens: count(usage?.completion_tokens) };
}

function serverErrorOf({ status, error, headers }: APIError): ServerError {
  return { ...wordsOf(error), status: status ?? 0, retryAfter: retryAfterOf(headers) };
}

function inBody(error: unknown): ServerError {
  const { code } = (typeof error === 'object' && error !== null ? error : {}) as { code?: unknown };
  const status = typeof code === 'number' && code >= 400 && code < 600 ? code : 400;
  return { ...wordsOf(error), status, retryAfter: undefined };
}

function wordsOf(error: unknown): { words: string; name: string | undefined } {
  const { message, code, type, param } = (
    typeof error === 'object' && error !== null ? error : { message: error }
  ) as Record<string, unknown>;
  const said = [message, code, type, param]
    .filter((one) => typeof one === 'string' || typeof one === 'number')
    .map(String);
  return { words: said.join(' '), name: [code, type].find(isName) };
}

/** Codes and types are names; anything else may hold text. */
function isName(value: unknown): value is string {
  return typeof value === 'string' && /^[A-Za-z0-9_.-]{1,60}$/.test(value);
}

/** @returns seconds; RFC 9110: a number of them, or a date */
function retryAfterOf(headers: Headers | undefined): number | undefined {
  const said = headers?.get('retry-after');
  if (!said) return undefined;
  const seconds = /^\d+(?:\.\d+)?$/.test(said) ? Number(said) : (Date.parse(said) - Date.now()) / 1000;
  return Number.isFinite(seconds) ? Math.max(0, Math.ceil(seconds)) : undefined;
}

/** "The connection failed (ECONNREFUSED)." */
function reasonOf(error: unknown): string {
  const code = codesOf(error).find((one) => /^[A-Z_0-9]{3,40}$/.test(one));
  return code === undefined ? 'The connection failed.' : `The connection failed (${code}).`;
}

/** Of an error and of what caused it. */
function codesOf(error: unknown): string[] {
  if (typeof error !== 'object' || error === null) return [];
  const { code, cause } = error as { code?: unknown; cause?: unknown };
  return [...(typeof code === 'string' ? [code] : []), ...codesOf(cause)];
}
