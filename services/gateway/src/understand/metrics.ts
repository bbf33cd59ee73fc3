import type { Task, TokenUsage } from '@docusnap/contracts';
import type { Metrics } from '@docusnap/runtime';

export interface UnderstandMetrics {
  /** An attempt ended: `done`, or why it was not. */
  ended(labels: { task: Task; outcome: string }, seconds: number): void;
  /** Tokens that a language model counted. */
  used(usage: TokenUsage): void;
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
  return {
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
