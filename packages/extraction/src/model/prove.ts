import type { ExtractedField } from '@docusnap/contracts';
import { meaningOf } from '../grounding/find-values.ts';
import { type Grounding, ground, type Hint } from '../grounding/ground.ts';
import type { IndexedPage } from '../grounding/page-index.ts';

export type Scalar = string | number | boolean;

const NOTHING: ExtractedField = { value: null, normalized: null, confidence: 0, grounded: false, evidence: [] };

/** Pages that prove values: first those that a model read when it gave a value, then all of the document. */
export interface Searched {
  readonly first: readonly IndexedPage[];
  readonly all: readonly IndexedPage[];
}

/** Pages of a document, those with some numbers first. */
export function searched(all: readonly IndexedPage[], numbers: readonly number[]): Searched {
  return { first: all.filter(({ number }) => numbers.includes(number)), all };
}

/** A value that a model gave, with what the pages say to it; null where it gave none. */
export function prove({ first, all }: Searched, value: Scalar | null, hint?: Hint): ExtractedField {
  if (value === null) return NOTHING;
  const writings = writingsOf(value);
  const near = bestOf(writings, (text) => ground(first, text, hint));
  const proof =
    near.grounded || first.length === all.length ? near : bestOf(writings, (text) => ground(all, text, hint));
  const { grounded, confidence, evidence, writing } = proof;
  return {
    value,
    normalized: typeof value === 'number' ? writing : normalizedOf(value),
    confidence,
    grounded,
    evidence,
  };
}

/** Where the next value beside a proven one may be looked for. */
export function hintOf({ evidence }: ExtractedField): Hint | undefined {
  const first = evidence[0];
  const line = first?.lines[0];
  return first === undefined || line === undefined ? undefined : { page: first.page, line };
}

/** How print writes a value; nothing on a page says true or false. */
function writingsOf(value: Scalar): string[] {
  if (typeof value === 'boolean') return [];
  if (typeof value === 'string') return [value];
  return [...new Set([String(value), value.toFixed(2)])];
}

/** The writing that pages prove best; the first where they prove none. */
function bestOf(
  writings: readonly string[],
  proofOf: (text: string) => Grounding,
): Grounding & { writing: string | null } {
  const none = { grounded: false, confidence: 0, evidence: [], writing: writings[0] ?? null };
  return writings
    .map((writing) => ({ ...proofOf(writing), writing }))
    .reduce<Grounding & { writing: string | null }>(
      (best, one) => (one.confidence > best.confidence ? one : best),
      none,
    );
}

/** A date as YYYY-MM-DD, a sum of money as "1234.50". */
function normalizedOf(value: string | boolean): string | null {
  if (typeof value === 'boolean') return null;
  const meaning = meaningOf(value);
  if (meaning.kind === 'date') return meaning.days[0]!;
  return meaning.kind === 'amount' ? meaning.value : null;
}
