import type { Figure } from '../report.ts';
import type { ReadWhole } from './read-drawn.ts';

/** What each suite of `bench:structure` is given. */
export interface SuiteOptions {
  /** Pages it draws of each kind. */
  readonly count: number;
  readonly seed: number;
  /** Reads a drawn page with the real engine and models. */
  readonly read: ReadWhole;
}

/** Draws pages of which it knows what is on them, has them read, and says how much of it was found. */
export interface Suite {
  readonly name: string;
  readonly run: (options: SuiteOptions) => Promise<Figure[]>;
}
