import type { TokenUsage } from '@docusnap/contracts';
import type { LanguageModel } from '@docusnap/extraction';

export interface Counted {
  /** The same model; null where there is none. */
  readonly model: LanguageModel | null;
  /** Tokens of its answers so far, also where what was made of them failed in the end. */
  spent(): TokenUsage;
}

/** A language model for one question, with a meter. */
export function countTokens(model: LanguageModel | null): Counted {
  let spent: TokenUsage = { prompt_tokens: 0, completion_tokens: 0 };
  const counted = model && {
    name: model.name,
    // It learns how much it can read while it is asked.
    get contextTokens() {
      return model.contextTokens;
    },
    sees: model.sees,
    complete: async (...asked: Parameters<LanguageModel['complete']>) => {
      const answer = await model.complete(...asked);
      spent = {
        prompt_tokens: spent.prompt_tokens + answer.usage.prompt_tokens,
        completion_tokens: spent.completion_tokens + answer.usage.completion_tokens,
      };
      return answer;
    },
  };
  return { model: counted, spent: () => spent };
}
