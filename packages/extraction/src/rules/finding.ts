import type { Row } from '../layout/rows.ts';

/** What a rule found, and where. `points` compare the findings of one rule. */
export interface Finding {
  /** As it stands on the page. */
  readonly text: string;
  /** In a form that compares: a date as YYYY-MM-DD, a sum as "1234.50". */
  readonly normalized: string;
  readonly row: Row;
  readonly points: number;
}
