import type { V1Type } from '@docusnap/db';

/** What a request can be refused with, at once. */
export type RequestCode =
  | 'MISSING_REQUIRED_FIELD'
  | 'INVALID_TYPE'
  | 'MISSING_CONTENT'
  | 'TASK_NOT_FOUND'
  | 'SHA256_MISMATCH'
  | 'SHA256_VERIFICATION_FAILED'
  | 'RSA_DECRYPTION_FAILED'
  | 'AES_DECRYPTION_FAILED'
  | 'INVALID_JSON'
  | 'DATABASE_ERROR';

/** What a task can end with, seen on a poll. */
export type TaskCode =
  | 'OCR_FAILURE'
  | 'DOC_PROMPT_CONSTRUCTION_FAILED'
  | 'FORM_PROMPT_CONSTRUCTION_FAILED'
  | 'FILL_PROMPT_CONSTRUCTION_FAILED'
  | 'LLM_FAILURE'
  | 'PROCESSING_ERROR'
  | 'PROCESSING_TIMEOUT';

/** A request that no repetition makes better: clients treat the 400 it leads to as the end. */
export class V1Refusal extends Error {
  override readonly name = 'V1Refusal';
  readonly code: RequestCode;

  constructor(code: RequestCode, cause?: unknown) {
    super(code, { cause });
    this.code = code;
  }
}

const PROMPT_FAILED = {
  doc: 'DOC_PROMPT_CONSTRUCTION_FAILED',
  form: 'FORM_PROMPT_CONSTRUCTION_FAILED',
  fill: 'FILL_PROMPT_CONSTRUCTION_FAILED',
} as const;

export function promptFailed(type: V1Type): TaskCode {
  return PROMPT_FAILED[type];
}

/** Of our own codes those that mean that there was nothing to ask a language model, or too much. */
const PROMPT_CODES = new Set(['invalid_options', 'llm_context_exceeded', 'nothing_to_understand']);

/** What a language model that is away for a while makes of an understanding. Of no use to clients, who take it for the end. */
const PASSING_CODES = new Set(['llm_unavailable', 'llm_timeout']);

export function isPassing(code: string): boolean {
  return PASSING_CODES.has(code);
}

/** A code of our own in the words of the protocol. */
export function taskCodeOf(type: V1Type, code: string): TaskCode {
  if (code === 'all_pages_failed') return 'OCR_FAILURE';
  if (PROMPT_CODES.has(code)) return promptFailed(type);
  return code.startsWith('llm_') ? 'LLM_FAILURE' : 'PROCESSING_ERROR';
}
