import type { Tensor } from '../models.ts';
import { type Lexicon, narrowed } from './lexicon.ts';

/** What a rank of rarity takes from the logarithm of a word's probability. */
const RARITY = 1;
/** Beginnings that are followed at once. */
const BEAM = 24;
/** Letters less probable than this in a step are not followed; and what stands in for a probability of nothing. */
const LEAST_PROBABILITY = 3e-5;
const NOTHING = Math.log(1e-6);
const NEVER = Number.NEGATIVE_INFINITY;
const BLANK = 0;
const LOWER = [...'abcdefghijklmnopqrstuvwxyz'];
const UPPER = LOWER.map((letter) => letter.toUpperCase());

/** The recogniser's probabilities, [1, steps, classes], and what its classes are. */
export interface Posteriors {
  readonly output: Tensor;
  readonly alphabet: readonly string[];
}

export type Case = 'lower' | 'capital' | 'upper';
/** Time steps, the last inclusive. */
export type Span = readonly [number, number];

export interface Found {
  readonly text: string;
  /** Natural logarithm of its probability, less its rarity. */
  readonly score: number;
}

/** Texts in the steps of a word. */
export interface Search {
  /** Logarithm of the sum over all paths that spell the text (CTC's forward variables). */
  probabilityOf(text: string): number;
  /** The most probable word of the lexicon in this form, undefined where none reaches the least score. */
  mostProbable(lexicon: Lexicon, form: Case, least: number): Found | undefined;
}

interface Likely {
  readonly letter: string;
  readonly log: number;
}

interface Step {
  readonly step: number;
  /** Logarithm of the probability that no letter is here. */
  readonly blank: number;
  readonly lower: readonly Likely[];
  readonly upper: readonly Likely[];
}

/** A node of the tree of all words: those that begin so. */
interface Beginning {
  readonly text: string;
  readonly low: number;
  readonly high: number;
  readonly longer: Map<string, Beginning | undefined>;
  /** The step up to which its paths are summed. */
  step: number;
  /** Logarithms of the probability of all paths that spell it and end with a blank, and with its last letter. */
  blank: number;
  letter: number;
}

/** The tree of all words is followed through the steps, each beginning by the sum over all its paths (CTC prefix search). */
export function openSearch({ output, alphabet }: Posteriors, [from, to]: Span): Search {
  const classes = alphabet.length;
  const index = indexOf(alphabet);
  const space = index.get(' ');
  const probabilityAt = (step: number, at: number | undefined): number =>
    at === undefined ? 0 : output.data[step * classes + at]!;
  const logAt = (step: number, letter: string): number => logOf(probabilityAt(step, index.get(letter)));
  const likelyOf = (step: number, letters: readonly string[]): Likely[] =>
    letters.flatMap((letter) => {
      const probability = probabilityAt(step, index.get(letter));
      return probability > LEAST_PROBABILITY ? [{ letter, log: Math.log(probability) }] : [];
    });
  const steps = Array.from({ length: to - from + 1 }, (_, after): Step => {
    const step = from + after;
    // Between letters of a word a space is nothing, too.
    const blank = logOf(probabilityAt(step, BLANK) + probabilityAt(step, space));
    return { step, blank, lower: likelyOf(step, LOWER), upper: likelyOf(step, UPPER) };
  });
  return {
    probabilityOf(text) {
      const labels = ['', ...[...text].flatMap((letter) => [letter, ''])];
      let sums = labels.map((_, place) => (place === 0 ? 0 : NEVER));
      for (const { step, blank } of steps) {
        sums = labels.map((label, place) => {
          let sum = sums[place]!;
          if (place > 0 && (step > from || place === 1)) sum = added(sum, sums[place - 1]!);
          if (place > 1 && step > from && label !== '' && label !== labels[place - 2])
            sum = added(sum, sums[place - 2]!);
          return sum + (label === '' ? blank : logAt(step, label));
        });
      }
      return added(sums[sums.length - 1]!, sums[sums.length - 2] ?? NEVER);
    },
    mostProbable({ words, rankOf }, form, least) {
      let beginnings: Beginning[] = [beginningOf('', 0, words.length, from - 1, 0)];
      for (const { step, blank, lower, upper } of steps) {
        const before = beginnings.map((one) => ({ one, ended: one.blank, whole: added(one.blank, one.letter) }));
        const reached = [...beginnings];
        for (const { one, whole } of before) {
          one.step = step;
          one.blank = whole + blank;
          one.letter += one.text === '' ? 0 : logAt(step, one.text.at(-1)!);
        }
        // What is reached by one path only, and less probable than as many as are followed, would be dropped again.
        const floor = beginnings.length < BEAM ? least : Math.max(least, Math.min(...beginnings.map(scoreOf)));
        for (const { one, ended, whole } of before) {
          const last = one.text.at(-1);
          const likely = form === 'upper' || (form === 'capital' && last === undefined) ? upper : lower;
          for (const { letter, log } of likely) {
            const path = (letter === last ? ended : whole) + log;
            if (path === NEVER) continue;
            const longer = path < floor ? one.longer.get(letter) : longerBy(words, one, letter);
            if (longer?.step === step) longer.letter = added(longer.letter, path);
            else if (longer && path >= floor) {
              Object.assign(longer, { step, blank: NEVER, letter: path });
              reached.push(longer);
            }
          }
        }
        beginnings = mostProbableOf(reached, least);
      }
      let best: Found | undefined;
      for (const one of beginnings) {
        // The shortest of those that begin so stands first.
        const rank = words[one.low]?.length === one.text.length ? rankOf(one.low) : undefined;
        const score = rank === undefined ? NEVER : scoreOf(one) - RARITY * rank;
        if (score >= Math.max(least, best?.score ?? NEVER)) best = { text: one.text, score };
      }
      return best;
    },
  };
}

function beginningOf(text: string, low: number, high: number, step: number, blank: number): Beginning {
  return { text, low, high, step, blank, letter: NEVER, longer: new Map() };
}

/** Undefined where no word begins so. */
function longerBy(words: readonly string[], one: Beginning, letter: string): Beginning | undefined {
  if (one.longer.has(letter)) return one.longer.get(letter);
  const { low, high } = narrowed(words, one, letter.toLowerCase());
  const longer = low < high ? beginningOf(one.text + letter, low, high, one.step - 1, NEVER) : undefined;
  one.longer.set(letter, longer);
  return longer;
}

function scoreOf({ blank, letter }: Beginning): number {
  return added(blank, letter);
}

/** The most probable first. What goes on from a beginning is no more probable than it. */
function mostProbableOf(beginnings: readonly Beginning[], least: number): Beginning[] {
  return beginnings
    .map((one) => ({ one, score: scoreOf(one) }))
    .filter(({ score }) => score >= least)
    .sort((a, b) => b.score - a.score)
    .slice(0, BEAM)
    .map(({ one }) => one);
}

const indices = new WeakMap<readonly string[], ReadonlyMap<string, number>>();

function indexOf(alphabet: readonly string[]): ReadonlyMap<string, number> {
  const known = indices.get(alphabet) ?? new Map(alphabet.map((text, index) => [text, index]));
  indices.set(alphabet, known);
  return known;
}

function logOf(probability: number): number {
  return probability > 0 ? Math.max(NOTHING, Math.log(probability)) : NOTHING;
}

/** Logarithm of the sum of what two logarithms stand for. */
function added(a: number, b: number): number {
  if (a === NEVER) return b;
  if (b === NEVER) return a;
  return a > b ? a + Math.log1p(Math.exp(b - a)) : b + Math.log1p(Math.exp(a - b));
}
