import type { ExtractedField } from '@docusnap/contracts';
import { ground } from '../grounding/ground.ts';
import type { IndexedPage } from '../grounding/page-index.ts';
import type { Row } from '../layout/rows.ts';
import { findCardValues } from '../rules/card.ts';
import { writesMonthFirst } from '../rules/issued.ts';
import { findKeyValues, type KeyValue } from '../rules/key-values.ts';
import { labelLetters, standardName } from '../rules/vocabulary.ts';
import { lettersOf } from '../values/normalise.ts';
import { findRecognised } from './recognised.ts';
import { keptValue } from './values-as-kept.ts';

/** A value of a document under the name it is kept by. */
export interface Pair {
  readonly key: string;
  readonly value: string;
  readonly normalized: string | null;
  /** What is looked for on the page to prove it. */
  readonly proof: string;
  readonly row: Row;
}

/** Values with their proofs, by key. */
export interface ProvenPairs {
  readonly kv: Record<string, string>;
  readonly fields: Record<string, ExtractedField>;
}

/** A document says a few dozen things; what comes after these are rows of tables. */
const MOST_PAIRS = 80;
const MOST_VALUE = 500;
/** A shorter value stands inside of another one by chance. */
const FEWEST_INSIDE = 6;

/** What the rows of a document say, in standard names where the vocabulary has one: labelled values, then what is known by its form. */
export function findPairs(rows: readonly Row[], { kind }: { readonly kind: string }): Pair[] {
  const dayFirst = !writesMonthFirst(rows);
  const card = findCardValues(rows);
  const labelled = [...card, ...(card.length > 0 ? [] : findKeyValues(rows))].map((pair) =>
    keptPair(pair, { dayFirst }),
  );
  const recognised = findRecognised(rows, { kind });
  const heads = recognised.filter((pair) => !labelled.some((other) => saysSame(other, pair)));
  const isSaid = ({ key, normalized }: Pair): boolean =>
    heads.some((head) =>
      head.key === 'Total' ? key === 'Total' : head.key === 'Date' && head.normalized === normalized,
    );
  return [...heads, ...labelled.filter((pair) => !isSaid(pair))].filter(({ value }) => value.length <= MOST_VALUE);
}

/** Pairs as a flat record of values that their pages prove; what is found nowhere is left out. Keys that are taken get a number. */
export function provePairs(
  pages: readonly IndexedPage[],
  pairs: readonly Pair[],
  { taken }: { readonly taken: readonly string[] },
): ProvenPairs {
  const entries: [string, ExtractedField][] = [];
  const used = new Set(taken);
  for (const { key, value, normalized, proof, row } of pairs) {
    if (entries.length === MOST_PAIRS) break;
    if (entries.some(([name, field]) => name.replace(/ \d+$/, '') === key && field.value === value)) continue;
    const proven = ground(pages, proof, { page: row.page, line: row.pieces[0]!.index });
    if (!proven.grounded) continue;
    const name = freeName(key, used);
    used.add(name);
    entries.push([name, { value, normalized, ...proven }]);
  }
  return {
    kv: Object.fromEntries(entries.map(([key, { value }]) => [key, String(value)])),
    fields: Object.fromEntries(entries),
  };
}

function keptPair({ key, value, row }: KeyValue, options: { readonly dayFirst: boolean }): Pair {
  const name = standardName(key) ?? key;
  return { key: name, ...keptValue(name, value, options), row };
}

/**
 * Whether a labelled value says what was recognised, so that its label names it better: the same day under a standard name or a label that tells
 * more than "Date/Time" does, the same print otherwise. The total is weighed among all sums, and is known better than the first label that says so.
 */
function saysSame(labelled: Pair, { key, value, normalized }: Pair): boolean {
  if (key === 'Total') return false;
  if (key === 'Date')
    return labelled.normalized === normalized && (standardName(labelled.key) !== undefined || isLong(labelled.key));
  const [there, here] = [lettersOf(labelled.value), lettersOf(value)];
  return here !== '' && (there === here || (key !== 'Company' && here.length >= FEWEST_INSIDE && there.includes(here)));
}

function isLong(label: string): boolean {
  return label.split(/\s+/u).length > 2;
}

function freeName(key: string, used: ReadonlySet<string>): string {
  const letters = new Set([...used].map(labelLetters));
  if (!letters.has(labelLetters(key))) return key;
  let number = 2;
  while (letters.has(labelLetters(`${key} ${number}`))) number += 1;
  return `${key} ${number}`;
}
