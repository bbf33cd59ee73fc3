import { flat, NO_KEY } from '../tasks/flat.ts';
import { dayOf, writtenDay } from '../tasks/values-as-kept.ts';
import { lettersOf } from '../values/normalise.ts';
import type { JsonObject } from './language-model.ts';

export interface Pair {
  readonly key: string;
  readonly value: string;
}

/** Nested objects as `a.b`, arrays as `a.1`, `a.2`; nulls and empty strings say nothing and are left out. */
export function flatten(values: JsonObject): Pair[] {
  return Object.entries(flat(values)).map(([key, value]) => ({ key, value }));
}

/**
 * Pairs under keys of their own, in order. A pair that says the same as an earlier one is left out; of a key with several values the later ones get
 * a number behind it.
 */
export function keyed<One extends Pair>(pairs: readonly One[], order: { readonly dayFirst: boolean }): One[] {
  const kept: One[] = [];
  const [said, taken] = [new Set<string>(), new Set([NO_KEY])];
  for (const pair of pairs) {
    const [key, value] = [pair.key.trim(), dateAsWords(pair.value.trim(), order)];
    const letters = `${lettersOf(key)} ${lettersOf(value)}`;
    if (key === '' || value === '' || said.has(letters)) continue;
    said.add(letters);
    const free = freeKey(taken, key);
    taken.add(free);
    kept.push({ ...pair, key: free, value });
  }
  return kept;
}

function freeKey(taken: ReadonlySet<string>, name: string): string {
  if (!taken.has(name)) return name;
  let number = 2;
  while (taken.has(`${name} ${number}`)) number += 1;
  return `${name} ${number}`;
}

/** A value that is a date and nothing else as `Jan 01, 2025`; any other as it is. */
export function dateAsWords(value: string, order: { readonly dayFirst: boolean }): string {
  const day = dayOf(value, order);
  return day === undefined ? value : writtenDay(day);
}

/** A value that is a date and nothing else as `YYYY-MM-DD`; any other as it is. */
export function dateAsNumbers(value: string, order: { readonly dayFirst: boolean }): string {
  return dayOf(value, order) ?? value;
}
