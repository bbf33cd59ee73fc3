import { type TokenUsage, toAppError } from '@docusnap/contracts';
import type { LanguageModel } from '@docusnap/extraction';
import type { ModelCall } from './messages.ts';

/** Milliseconds since 1970. Not from `runtime`, which would bring a web server into the thread. */
const epochMs = (): number => performance.timeOrigin + performance.now();

const NOTHING: TokenUsage = { prompt_tokens: 0, completion_tokens: 0 };

export interface Counted {
  /** The same model; null where there is none. */
  readonly model: LanguageModel | null;
  /** Tokens of its answers so far, also where what was made of them failed in the end. */
  spent(): TokenUsage;
}

/** A language model for one question, with a meter. What it was asked is told as soon as it has answered, or failed to. */
export function countTokens(model: LanguageModel | null, onCall: (call: ModelCall) => void = () => undefined): Counted {
  let spent = NOTHING;
  const counted = model && {
    name: model.name,
    // It learns how much it can read while it is asked.
    get contextTokens() {
      return model.contextTokens;
    },
    sees: model.sees,
    complete: async (...asked: Parameters<LanguageModel['complete']>) => {
      const at = epochMs();
      const answer = await model.complete(...asked).catch((error: unknown) => {
        onCall({ at, ms: epochMs() - at, outcome: toAppError(error).code, usage: NOTHING });
        throw error;
      });
      onCall({ at, ms: epochMs() - at, outcome: 'ok', usage: answer.usage });
      spent = {
        prompt_tokens: spent.prompt_tokens + answer.usage.prompt_tokens,
        completion_tokens: spent.completion_tokens + answer.usage.completion_tokens,
      };
      return answer;
    },
  };
  return { model: counted, spent: () => spent };
}
