import type { Task, TokenUsage } from '@docusnap/contracts';
import type { Metrics } from '@docusnap/runtime';
import type { ModelCall } from './thread/messages.ts';

export interface UnderstandMetrics {
  /** An attempt ended: `done`, or why it was not. */
  ended(labels: { task: Task; outcome: string }, seconds: number): void;
  /** Tokens that a language model counted. */
  used(usage: TokenUsage): void;
  /** A language model was asked something. */
  asked(call: ModelCall): void;
  /** How looking for an equal question that was asked before ended. */
  recalled(outcome: 'hit' | 'miss' | 'failed'): void;
}

/** From a form filled by rules to a long document read by a slow model. */
const SECONDS = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300];

export function openUnderstandMetrics(metrics: Metrics): UnderstandMetrics {
  const ended = metrics.counter({
    name: 'docusnap_understandings_total',
    help: 'Attempts to understand a job, by task and how they ended.',
    labelNames: ['task', 'outcome'],
  });
  const durations = metrics.histogram({
    name: 'docusnap_understanding_seconds',
    help: 'Time of an attempt, from its claim to its end.',
    labelNames: ['task'],
    buckets: SECONDS,
  });
  const tokens = metrics.counter({
    name: 'docusnap_model_tokens_total',
    help: 'Tokens of the language model, as it counted them.',
    labelNames: ['kind'],
  });
  const calls = metrics.histogram({
    name: 'docusnap_model_request_seconds',
    help: 'Time of a question to the language model with all its tries, by how it ended: "ok" or the code of the error.',
    labelNames: ['outcome'],
    buckets: SECONDS,
  });
  const recalls = metrics.counter({
    name: 'docusnap_understanding_cache_lookups_total',
    help: 'Questions that were looked for among those asked before, by what came of it: hit, miss or failed.',
    labelNames: ['outcome'],
  });
  for (const kind of ['prompt', 'completion']) tokens.inc({ kind }, 0);
  calls.zero({ outcome: 'ok' });
  for (const outcome of ['hit', 'miss', 'failed']) recalls.inc({ outcome }, 0);
  return {
    asked: ({ outcome, ms }) => calls.observe({ outcome }, ms / 1_000),
    recalled: (outcome) => recalls.inc({ outcome }),
    ended: ({ task, outcome }, seconds) => {
      ended.inc({ task, outcome });
      durations.observe({ task }, seconds);
    },
    used: ({ prompt_tokens, completion_tokens }) => {
      tokens.inc({ kind: 'prompt' }, prompt_tokens);
      tokens.inc({ kind: 'completion' }, completion_tokens);
    },
  };
}
