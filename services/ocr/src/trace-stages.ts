import type { StageTimes } from '@docusnap/contracts';
import type { Span, Traces } from '@docusnap/runtime';

/** Stages that hold others. */
const SPANNING: ReadonlySet<string> = new Set(['read', 'total']);

/**
 * Tells of the stages of a unit as parts of its span. A reader adds times up by stage and tells no beginnings, so each is taken to follow the one
 * before, in the order in which they first came: where a stage came twice, as decoding a PDF does, the second time counts with the first.
 *
 * @param begun when the reader was asked, in milliseconds since 1970
 */
export function tellStages(traces: Traces, { traceparent: parent }: Span, stages: StageTimes, begun: number): void {
  if (!traces.isOn) return;
  let at = begun;
  for (const [stage, ms] of Object.entries(stages)) {
    if (SPANNING.has(stage)) continue;
    traces.begin(stage, { parent, at }).end({ at: at + ms });
    at += ms;
  }
}
