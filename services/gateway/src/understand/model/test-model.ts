import { inspect } from 'node:util';
import type { AppError } from '@docusnap/contracts';
import type { Question } from '@docusnap/extraction';
import { type LanguageModelServer, says, startLanguageModelServer } from '@docusnap/testing';
import { type ModelConfig, type OpenLanguageModel, openLanguageModel } from './open-language-model.ts';

/** Text of a document, which is to be found in no message. */
export const SECRET = 'Ludwig Geheimrat';
export const QUESTION: Question = {
  messages: [
    { role: 'system', content: 'Answer in JSON.' },
    { role: 'user', content: `| Name: ${SECRET}` },
  ],
  schema: {
    type: 'object',
    properties: { name: { type: ['string', 'null'] } },
    required: ['name'],
    additionalProperties: false,
  },
  maxTokens: 500,
  pictures: [],
};
export const ANSWER = { name: 'L' };
export const NEVER = new AbortController().signal;

/** Models at a scripted server, on a clock of their own; for tests. */
export interface ModelTest {
  readonly server: LanguageModelServer;
  /** Waits that models asked for, in milliseconds; no time passes in them. */
  readonly waits: number[];
  open(more?: Partial<NonNullable<ModelConfig>>): OpenLanguageModel;
  /** Lets the clock go on. */
  pass(milliseconds: number): void;
  /** Closes the models and forgets the waits. */
  closeModels(): Promise<void>;
  close(): Promise<void>;
}

export async function openModelTest(): Promise<ModelTest> {
  const server = await startLanguageModelServer(() => says(ANSWER));
  const opened: OpenLanguageModel[] = [];
  const waits: number[] = [];
  let time = 0;
  const clock = {
    now: () => time,
    sleep: async (milliseconds: number) => {
      waits.push(milliseconds);
    },
    random: () => 0.5,
  };
  const config = {
    baseUrl: server.baseUrl,
    model: 'm',
    apiKey: 'k',
    contextTokens: 8192,
    timeoutSeconds: 20,
    vision: true,
  };
  return {
    server,
    waits,
    open(more = {}) {
      const model = openLanguageModel({ ...config, ...more }, clock);
      if (model === null) throw new Error('There is a configuration, and no model.');
      opened.push(model);
      return model;
    },
    pass(milliseconds) {
      time += milliseconds;
    },
    async closeModels() {
      waits.splice(0);
      await Promise.all(opened.splice(0).map((model) => model.close()));
    },
    close: () => server.close(),
  };
}

/** What a question fails with; throws where it does not fail, or where the failure holds what was asked or answered. */
export async function failureOf(question: Promise<unknown>): Promise<AppError> {
  const error = await question.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (error === undefined) throw new Error('It did not fail.');
  if (inspect(error, { depth: 8 }).includes(SECRET)) throw new Error('The failure holds text of the document.');
  return error as AppError;
}
