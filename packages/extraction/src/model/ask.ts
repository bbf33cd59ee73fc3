import { AppError, type TokenUsage } from '@docusnap/contracts';
import type { Fault } from './check-answer.ts';
import { conform } from './conform.ts';
import { addUsage, type Json, type LanguageModel, type ModelAnswer, type PagePicture } from './language-model.ts';
import { parseAnswer } from './parse-answer.ts';
import { messagesFor, repairMessage } from './prompts.ts';
import { askedSchema, type ObjectShape, pathText } from './schema.ts';
import { estimateTokens } from './tokens.ts';

/** What is asked of a model, the same for all parts of a document. */
export interface Inquiry {
  /** The instructions. */
  readonly task: string;
  readonly shape: ObjectShape;
  /** Of the shape: compiled once for all parts. */
  readonly check: (answer: Json) => readonly Fault[];
  /** Brings what models like to answer instead into the shape, before anything is left out. */
  readonly prepare?: (given: JsonAnswer) => JsonAnswer;
  /** What else may be wrong with an answer of the shape. */
  readonly faultsOf?: (answer: JsonAnswer) => readonly Fault[];
}

export type JsonAnswer = { readonly [name: string]: Json };

export type Reply =
  | {
      readonly kind: 'answered';
      readonly answer: JsonAnswer;
      readonly faults: readonly Fault[];
      readonly usage: TokenUsage;
    }
  /** Question or answer have more tokens than they may; less at once may do. */
  | { readonly kind: 'too long'; readonly why: AppError; readonly usage: TokenUsage };

/** Parts of a model's context that answers may take, and the bounds of that in tokens. */
const ANSWER = { share: 0.25, least: 512, most: 8_192 } as const;
/** Tokens are estimated; so much of the context is left free for what the estimate misses. */
const MARGIN = 0.1;
/** Faults a model is told of: the first ones explain the rest. */
const MOST_FAULTS_TOLD = 20;

export function answerTokens({ contextTokens }: LanguageModel): number {
  return Math.round(Math.min(ANSWER.most, Math.max(ANSWER.least, contextTokens * ANSWER.share)));
}

/** Tokens that are left for the data of one question. */
export function materialTokens(model: LanguageModel, { task, shape }: Inquiry): number {
  const fixed = messagesFor(task, shape, '').reduce((sum, { content }) => sum + estimateTokens(content), 0);
  return Math.floor(model.contextTokens * (1 - MARGIN)) - answerTokens(model) - fixed;
}

/**
 * Asks once, and once more with what is wrong where the answer is no JSON or is not of its shape; of two imperfect answers the one with fewer
 * faults counts.
 *
 * @throws AppError `llm_answer_invalid` where neither answer is a JSON object with anything of what was asked for; what the model throws
 */
export async function askModel(
  model: LanguageModel,
  inquiry: Inquiry,
  material: string,
  { pictures, signal }: { pictures: readonly PagePicture[]; signal: AbortSignal },
): Promise<Reply> {
  const { task, shape } = inquiry;
  const messages = messagesFor(task, shape, material);
  const question = { messages, schema: askedSchema(shape), maxTokens: answerTokens(model), pictures };
  const first = await completed(model, question, signal);
  if (first instanceof AppError)
    return { kind: 'too long', why: first, usage: { prompt_tokens: 0, completion_tokens: 0 } };
  if (first.finish === 'length') return { kind: 'too long', why: cutAnswer(question.maxTokens), usage: first.usage };
  const read = readAnswer(inquiry, first.text);
  if (read.faults.length === 0 && read.answer)
    return { kind: 'answered', answer: read.answer, faults: [], usage: first.usage };

  const told = read.faults
    .slice(0, MOST_FAULTS_TOLD)
    .map(({ path, message }) => `${pathText(path) || 'the answer'}: ${message}`);
  const again = [...messages, { role: 'assistant' as const, content: first.text }, repairMessage(told)];
  const second = await completed(model, { ...question, messages: again }, signal);
  const repaired =
    second instanceof AppError || second.finish === 'length' ? undefined : readAnswer(inquiry, second.text);
  const usage = second instanceof AppError ? first.usage : addUsage(first.usage, second.usage);
  const better = [repaired, read]
    .filter((one) => one?.answer !== undefined)
    .toSorted((a, b) => a!.faults.length - b!.faults.length)[0];
  if (better?.answer) return { kind: 'answered', answer: better.answer, faults: better.faults, usage };
  if (second instanceof AppError) return { kind: 'too long', why: second, usage };
  throw new AppError('llm_answer_invalid', 'It was not the JSON that was asked for, twice.');
}

/** An answer, or why the question is too long. */
async function completed(
  model: LanguageModel,
  question: Parameters<LanguageModel['complete']>[0],
  signal: AbortSignal,
): Promise<ModelAnswer | AppError> {
  signal.throwIfAborted();
  try {
    return await model.complete(question, signal);
  } catch (error) {
    if (error instanceof AppError && error.code === 'llm_context_exceeded') return error;
    throw error;
  }
}

function cutAnswer(tokens: number): AppError {
  return new AppError('llm_answer_invalid', `It was cut after ${tokens} tokens.`);
}

function readAnswer(
  { shape, check, prepare, faultsOf }: Inquiry,
  text: string,
): { answer?: JsonAnswer; faults: readonly Fault[] } {
  const parsed = parseAnswer(text);
  if (parsed === undefined) return { faults: [{ path: [], message: 'is no JSON object' }] };
  const given = parsed as JsonAnswer;
  if (!Object.keys(given).some((name) => shape.properties.has(name))) {
    return { faults: [{ path: [], message: `has to have the properties ${[...shape.properties.keys()].join(', ')}` }] };
  }
  const answer = conform(prepare?.(given) ?? given, shape) as JsonAnswer;
  return { answer, faults: [...check(answer), ...(faultsOf?.(answer) ?? [])] };
}
