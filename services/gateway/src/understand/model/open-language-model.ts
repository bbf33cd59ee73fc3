import { setTimeout as sleep } from 'node:timers/promises';
import { AppError } from '@docusnap/contracts';
import { estimateTokens, type LanguageModel, type ModelAnswer, type Question } from '@docusnap/extraction';
import { OpenAI } from 'openai';
import { Agent } from 'undici';
import { askServer } from './ask-server.ts';
import { openCircuitBreaker } from './circuit-breaker.ts';
import { adapt, FIRST_MANNER, type Manner } from './manner.ts';
import { contextOf, judge, misconfigured } from './refusal.ts';
import { tellingFetch } from './telling-fetch.ts';

/** A server of an OpenAI-compatible API, and its model; null where none is configured. It can be sent to a thread. */
export type ModelConfig = {
  /** Up to the version: requests go to BASE/chat/completions. */
  readonly baseUrl: string;
  readonly model: string;
  readonly apiKey: string | null;
  /** Tokens of question and answer together. */
  readonly contextTokens: number;
  /** One request may take so long. */
  readonly timeoutSeconds: number;
  readonly vision: boolean;
} | null;

/** Time, for tests to give another one. */
export interface Clock {
  /** Milliseconds since some moment; never goes back. */
  now(): number;
  sleep(milliseconds: number, signal: AbortSignal): Promise<void>;
  /** From 0 to 1. */
  random(): number;
}

const REAL_CLOCK: Clock = {
  now: () => performance.now(),
  sleep: async (milliseconds, signal) => {
    await sleep(milliseconds, undefined, { signal }).catch(() => undefined);
    signal.throwIfAborted();
  },
  random: () => Math.random(),
};

/** Requests for one question that a passing failure may cost; whoever asked tries again later. */
const MOST_TRIES = 3;
/** Before the second try; twice that before the third, and up to half as much again by chance. */
const FIRST_WAIT_MS = 1_000;
const JITTER = 0.5;
/** A server that wants to be left alone for longer is asked by a later try of the job. */
const MOST_WAIT_MS = 20_000;

type Asked =
  | { readonly kind: 'answered'; readonly answer: ModelAnswer }
  | { readonly kind: 'not now'; readonly failure: AppError };

/** Many times what the longest answer has. */
const MOST_ANSWER_BYTES = 16 * 1024 * 1024;
/** A server that so often in a row took a question only in a lesser manner, without saying that this is its way, is asked so from then on. */
const MOST_DOUBTS = 3;

export interface OpenLanguageModel extends LanguageModel {
  close(): Promise<void>;
}

/**
 * A language model behind an OpenAI-compatible server. How the server wants to be asked is found out with the first question and remembered as long
 * as this is open; passing failures are tried again; a server that fails several times in a row is left alone for a while. Neither requests nor
 * answers are logged, and errors hold nothing of either.
 */
export function openLanguageModel(config: ModelConfig, clock: Clock = REAL_CLOCK): OpenLanguageModel | null {
  if (config === null) return null;
  const { model, timeoutSeconds, vision } = config;
  const timeoutMs = timeoutSeconds * 1000;
  // undici's own limits of five minutes would end slow models before the configured time.
  const agent = new Agent({ headersTimeout: 0, bodyTimeout: 0, maxResponseSize: MOST_ANSWER_BYTES });
  const client = new OpenAI({
    baseURL: config.baseUrl,
    // Servers on one's own machine need none, but the SDK does.
    apiKey: config.apiKey ?? 'none',
    adminAPIKey: null,
    organization: null,
    project: null,
    webhookSecret: null,
    maxRetries: 0,
    timeout: timeoutMs,
    logLevel: 'off',
    fetch: tellingFetch(agent),
  });
  const breaker = openCircuitBreaker(clock.now);
  let remembered = FIRST_MANNER;
  let contextTokens = config.contextTokens;
  let doubts = 0;

  /** Asks in the manner that is known to work, and in others as the server complains. */
  async function askInManner(question: Question, signal: AbortSignal): Promise<Asked> {
    let manner: Manner = remembered;
    let lasting: Manner = remembered;
    for (;;) {
      const said = await askServer(client, { model, question, manner }, { timeoutMs, signal });
      if (said.kind === 'lost') return { kind: 'not now', failure: said.failure };
      if (said.kind === 'answered') {
        doubts = manner === lasting ? 0 : doubts + 1;
        remembered = doubts < MOST_DOUBTS ? lasting : manner;
        refuseCutQuestion(question, said.answer);
        return said;
      }
      const verdict = judge(said.error);
      if (verdict.kind === 'retry') return { kind: 'not now', failure: verdict.failure };
      if (verdict.kind === 'final') {
        // The next documents are cut for the context that there is.
        if (verdict.failure.code === 'llm_context_exceeded')
          contextTokens = Math.min(contextTokens, contextOf(said.error) ?? Infinity);
        throw verdict.failure;
      }
      const adapted = adapt(manner, said.error.words, { maxTokens: Math.min(question.maxTokens, manner.mostTokens) });
      if (adapted === undefined) throw misconfigured(said.error);
      if (adapted.lasts && lasting === manner) lasting = adapted.manner;
      manner = adapted.manner;
    }
  }

  async function askWithRetries(question: Question, signal: AbortSignal): Promise<ModelAnswer> {
    for (let tries = 1; ; tries += 1) {
      const asked = await askInManner(question, signal);
      if (asked.kind === 'answered') return asked.answer;
      const wait = waitAfter(tries, asked.failure, clock);
      if (tries === MOST_TRIES || wait > MOST_WAIT_MS) throw asked.failure;
      await clock.sleep(wait, signal);
    }
  }

  return {
    name: model,
    get contextTokens() {
      return contextTokens;
    },
    sees: vision,
    complete: (question, signal) => breaker.run(() => askWithRetries(question, signal)),
    close: () => agent.destroy(),
  };
}

/** @returns milliseconds, no fewer than the server asked for */
function waitAfter(tries: number, { retryAfter = 0 }: AppError, { random }: Clock): number {
  return Math.max(FIRST_WAIT_MS * 2 ** (tries - 1) * (1 + JITTER * random()), retryAfter * 1000);
}

/** A server that counts less than this part of what a question is estimated at did not read it all. */
const LEAST_READ = 0.45;
/** Tokens of data from which that is believed: estimates of less are coarse, and a server that leaves out of its count what it had cached shows less. */
const LEAST_MATERIAL = 1_000;
/** Servers that cut questions cut them to their context, which is a multiple of this. */
const CONTEXT_STEP = 1_024;

/** Ollama cuts what is longer than its context and says nothing, except by the tokens it counts. */
function refuseCutQuestion({ messages }: Question, { usage }: ModelAnswer): void {
  const read = usage.prompt_tokens;
  const material = estimateOf(messages.filter(({ role }) => role !== 'system'));
  if (read === 0 || material < LEAST_MATERIAL) return;
  const estimate = estimateOf(messages);
  if (read < estimate * LEAST_READ || (read < estimate && read % CONTEXT_STEP === 0)) {
    throw new AppError('llm_context_exceeded', `It read ${read} tokens of about ${estimate}.`);
  }
}

function estimateOf(messages: Question['messages']): number {
  return messages.reduce((sum, { content }) => sum + estimateTokens(content), 0);
}
