import { AppError } from '@docusnap/contracts';

/** What a server said no with. Its words may repeat the document's: they are looked at here and go nowhere else. */
export interface ServerError {
  /** Of HTTP; 200 where the error came in the body of a success. */
  readonly status: number;
  /** Message, code, type and parameter. */
  readonly words: string;
  /** Its code or type, as far as it is a name. */
  readonly name: string | undefined;
  /** Seconds. */
  readonly retryAfter: number | undefined;
}

/** What to do about it: another manner of asking may help, the same request later may, or nothing will. */
export type Verdict =
  | { readonly kind: 'adapt' }
  | { readonly kind: 'retry'; readonly failure: AppError }
  | { readonly kind: 'final'; readonly failure: AppError };

// OpenAI, vLLM, llama.cpp, Claude, Zhipu (1261), Ollama and LM Studio, in this order.
const TOO_LONG =
  /context_length_exceeded|maximum context length|max_tokens must be at least 1|exceed_context_size|context size|prompt is too long|\b1261\b|超长|context (?:length|window)|input is too long/i;
// OpenAI and Azure; Zhipu (1301).
const FILTERED = /content_filter|content_policy|content management policy|\b1301\b|敏感/i;
// OpenAI; Zhipu (1113).
const NO_CREDIT = /insufficient_quota|insufficient balance|billing|\b1113\b|欠费/i;
const OF_OUR_ASKING = /grammar|response_format|json_schema|unsupported_parameter|structured/i;

/** Reads a refusal by what it says first, and by its status only then: servers agree on neither. */
export function judge(error: ServerError): Verdict {
  const { status, words, retryAfter } = error;
  if (status === 413 || TOO_LONG.test(words)) return final('llm_context_exceeded');
  if (FILTERED.test(words)) return final('llm_refused');
  if (status === 402 || NO_CREDIT.test(words)) return { kind: 'final', failure: failureOf('llm_unavailable', error) };
  if (status === 429 || status === 408 || status === 409 || status === 425)
    return {
      kind: 'retry',
      failure: new AppError('llm_unavailable', saying(error), retryAfter === undefined ? {} : { retryAfter }),
    };
  if (status >= 500 && status !== 501 && !OF_OUR_ASKING.test(words))
    return {
      kind: 'retry',
      failure: new AppError('llm_unavailable', saying(error), retryAfter === undefined ? {} : { retryAfter }),
    };
  if (status === 401 || status === 403 || status === 404 || status === 405)
    return { kind: 'final', failure: failureOf('llm_misconfigured', error) };
  return { kind: 'adapt' };
}

/** A refusal that no other manner of asking helps against. */
export function misconfigured(error: ServerError): AppError {
  return failureOf('llm_misconfigured', error);
}

function final(code: 'llm_context_exceeded' | 'llm_refused'): Verdict {
  return { kind: 'final', failure: new AppError(code) };
}

function failureOf(code: 'llm_unavailable' | 'llm_misconfigured', error: ServerError): AppError {
  return new AppError(code, saying(error));
}

/** "It answered 429 (rate_limit_exceeded)." */
function saying({ status, name }: ServerError): string {
  return `It answered ${status}${name === undefined ? '' : ` (${name})`}.`;
}

// "maximum context length is 4096 tokens", "context size (4096 tokens)", "9000 tokens > 8192 maximum"
const CONTEXT = /(?:context (?:length|size|window)(?: is| of)?\D{0,3}|tokens > )(\d{4,7})/i;

/** Tokens of the context, where a refusal of too long a question tells them. */
export function contextOf({ words }: ServerError): number | undefined {
  const told = CONTEXT.exec(words)?.[1];
  return told === undefined ? undefined : Number(told);
}
