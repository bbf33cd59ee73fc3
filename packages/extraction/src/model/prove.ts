import type { ExtractedField } from '@docusnap/contracts';
import { meaningOf } from '../grounding/find-values.ts';
import { type Grounding, ground, type Hint } from '../grounding/ground.ts';
import type { IndexedPage } from '../grounding/page-index.ts';
import { wordsOf } from '../rules/concepts.ts';

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

/** What is known of a value beside itself. */
export interface Asked {
  readonly hint?: Hint | undefined;
  /** What it is called: its title, its name. */
  readonly labels?: readonly string[];
}

/** A value that a model gave, with what the pages say to it; null where it gave none. */
export function prove(
  { first, all }: Searched,
  value: Scalar | null,
  { hint, labels = [] }: Asked = {},
): ExtractedField {
  if (value === null) return NOTHING;
  const writings = typeof value === 'boolean' ? truthsOf(value, labels) : writingsOf(value);
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

/** What forms print for true and for false; it says something only behind the label. */
const TRUTHS = { true: ['yes', 'true', 'ja', 'oui', 'sí', '是'], false: ['no', 'false', 'nein', 'non', '否'] } as const;

function truthsOf(value: boolean, labels: readonly string[]): string[] {
  return labels
    .map((label) => wordsOf(label).replace(/^(?:is|has) /, ''))
    .filter((label) => label !== '')
    .flatMap((label) => TRUTHS[`${value}`].map((word) => `${label} ${word}`));
}

/** How print writes a value: a number of at most two decimals also as a sum of money, a link also without its scheme. */
function writingsOf(value: string | number): string[] {
  if (typeof value === 'string') {
    const link = /^https?:\/\/(.+?)\/?$/i.exec(value)?.[1];
    return link === undefined ? [value] : [value, link];
  }
  const [asNumber, asSum] = [String(value), value.toFixed(2)];
  if (Number(asSum) !== value) return [asNumber];
  return Number.isInteger(value) ? [asNumber, asSum] : [asSum];
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
