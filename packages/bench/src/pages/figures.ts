import { type Figure, figure } from '../report.ts';
import { type ScoredPage, type Scores, score } from '../score.ts';
import type { AccuracyTarget, PageSet } from '../sets.ts';

const MEASURES = ['wordF1', 'pairF1'] as const;

export interface AccuracyOptions {
  /** What the figures are of; begins their names. */
  readonly of: string;
  /** Whose case rule applies; none = case counts. */
  readonly set: PageSet | undefined;
  readonly target?: AccuracyTarget;
}

/** How well pages were read: each measure over all pages, its samples those of the single pages. */
export function accuracyFigures(pages: readonly ScoredPage[], { of, set, target = {} }: AccuracyOptions): Figure[] {
  const { total, pages: single } = score(pages, { ignoreCase: set?.ignoreCase ?? false });
  const samples = (measure: keyof Scores) => single.map((page) => page[measure]);
  const figures = MEASURES.map((measure) => {
    const least = target[measure];
    const bound = least === undefined ? null : { atLeast: least };
    return figure(`${of}: ${measure}`, '', total[measure], samples(measure), bound);
  });
  return set?.ordered ? [...figures, figure(`${of}: cer`, '', total.cer, samples('cer'))] : figures;
}
