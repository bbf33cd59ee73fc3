import type { TokenUsage } from '@docusnap/contracts';

/** One turn of a conversation with a language model. */
export interface Message {
  readonly role: 'system' | 'user' | 'assistant';
  readonly content: string;
}

/** A picture of a page, for models that see. */
export interface PagePicture {
  /** From 1. */
  readonly page: number;
  readonly mediaType: string;
  readonly bytes: Uint8Array;
}

/** JSON as parsed. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };
export type JsonObject = { readonly [name: string]: Json };

/** What a language model is asked. */
export interface Question {
  readonly messages: readonly Message[];
  /** What the answer has to be, for servers that can hold a model to it; the messages say it too, for those that cannot. */
  readonly schema: JsonObject;
  /** Tokens the answer may have at most. */
  readonly maxTokens: number;
  /** They belong to the last message of the user. */
  readonly pictures: readonly PagePicture[];
}

export interface ModelAnswer {
  readonly text: string;
  /** `length`: it was cut at the most tokens it may have. */
  readonly finish: 'stop' | 'length';
  readonly usage: TokenUsage;
}

/**
 * A language model, as this package needs it. `complete` throws AppErrors: `llm_context_exceeded` where the question is longer than the model can
 * read, `llm_refused`, `llm_unavailable`, `llm_timeout`, `llm_answer_invalid`, `llm_misconfigured`; and the reason of the signal.
 */
export interface LanguageModel {
  readonly name: string;
  /** Tokens of question and answer together. */
  readonly contextTokens: number;
  /** Whether it takes pictures. */
  readonly sees: boolean;
  complete(question: Question, signal: AbortSignal): Promise<ModelAnswer>;
}

export const NO_USAGE: TokenUsage = { prompt_tokens: 0, completion_tokens: 0 };

export function addUsage(a: TokenUsage, b: TokenUsage): TokenUsage {
  return {
    prompt_tokens: a.prompt_tokens + b.prompt_tokens,
    completion_tokens: a.completion_tokens + b.completion_tokens,
  };
}
