import type { LanguageModel, ModelAnswer, Question } from './language-model.ts';
import { estimateTokens } from './tokens.ts';

/** A language model for tests: answers with what a script gives, a text or a value as JSON, and keeps what it was asked. */
export interface ScriptedModel extends LanguageModel {
  readonly questions: readonly Question[];
  /** The last message of each question. */
  readonly told: readonly string[];
}

export function scriptedModel(
  script: (question: Question, index: number) => unknown,
  { contextTokens = 8192, sees = false }: { contextTokens?: number; sees?: boolean } = {},
): ScriptedModel {
  const questions: Question[] = [];
  return {
    name: 'scripted',
    contextTokens,
    sees,
    questions,
    get told() {
      return questions.map(({ messages }) => messages.at(-1)!.content);
    },
    async complete(question): Promise<ModelAnswer> {
      questions.push(question);
      const said = script(question, questions.length - 1);
      const { text, finish } = isCut(said)
        ? { text: said.cut, finish: 'length' as const }
        : { text: textOf(said), finish: 'stop' as const };
      const prompt = question.messages.reduce((sum, { content }) => sum + estimateTokens(content), 0);
      return { text, finish, usage: { prompt_tokens: prompt, completion_tokens: estimateTokens(text) } };
    },
  };
}

function textOf(said: unknown): string {
  return typeof said === 'string' ? said : JSON.stringify(said);
}

/** An answer that was cut at the most tokens it may have. */
function isCut(said: unknown): said is { readonly cut: string } {
  return typeof said === 'object' && said !== null && 'cut' in said;
}
