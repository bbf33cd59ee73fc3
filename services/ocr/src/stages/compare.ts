import type { Digest } from './digest.ts';
import { type Digests, STEPS, type Step } from './walk.ts';

/** How far the numbers of a step may lie from those on record, by the name they stand under; others must be the same. */
export type Tolerances = Readonly<Record<Step, Readonly<Record<string, number>>>>;

/** Of many differences these say enough. */
const MOST_TOLD = 5;

export interface Drift {
  readonly step: Step;
  /** "where: was > is", the first few. */
  readonly differences: readonly string[];
}

/** The first step whose digest differs from the one on record; null where none does. Later steps only follow it. */
export function firstDrift(recorded: Digests, now: Digests, tolerances: Tolerances): Drift | null {
  for (const step of STEPS) {
    const differences = differencesOf(recorded[step], now[step], { tolerances: tolerances[step], path: '', name: '' });
    if (differences.length > 0) return { step, differences: differences.slice(0, MOST_TOLD) };
  }
  return null;
}

interface Place {
  readonly tolerances: Readonly<Record<string, number>>;
  readonly path: string;
  /** The last key on the path that is no index. */
  readonly name: string;
}

function differencesOf(was: Digest | undefined, is: Digest | undefined, place: Place): string[] {
  if (isBranch(was) && isBranch(is)) {
    const keys = new Set([...Object.keys(was), ...Object.keys(is)]);
    const [before, after] = [new Map(Object.entries(was)), new Map(Object.entries(is))];
    return [...keys].flatMap((key) => {
      const name = Array.isArray(was) ? place.name : key;
      return differencesOf(before.get(key), after.get(key), { ...place, name, path: `${place.path}/${key}` });
    });
  }
  const areNumbers = typeof was === 'number' && typeof is === 'number';
  const isSame = areNumbers ? Math.abs(was - is) <= (place.tolerances[place.name] ?? 0) : was === is;
  return isSame ? [] : [`${place.path}: ${JSON.stringify(was)} > ${JSON.stringify(is)}`];
}

function isBranch(digest: Digest | undefined): digest is Exclude<Digest, number | string | boolean | null> {
  return typeof digest === 'object' && digest !== null;
}
