import type { Tensor } from '../models.ts';
import type { Character } from './decode.ts';
import { type Lexicon, narrowed } from './lexicon.ts';

/**
 * A word read otherwise is taken for a word of the lexicon whose probability is at least e to the power of minus this a letter, and at most so much in
 * all, times that of the reading. Each rank of rarity costs one more. Measured on letters, forms and receipts: of 70 pages' words 206 became right and
 * 4 wrong; with half of it a fifth fewer became right.
 */
const LEAST_A_LETTER = 0.8;
const LEAST = 7;
const RARITY = 1;
/** A reading that takes nearly all probability is what stands there, whether it is a word or not. */
const SURE = 0.05;
const SHORTEST = 3;
/** Beginnings that are followed at once. */
const BEAM = 24;
/** Letters less probable than this in a step are not followed; and what stands in for a probability of nothing. */
const LEAST_PROBABILITY = 3e-5;
const NOTHING = Math.log(1e-6);
const BLANK = 0;
/** Time steps beyond the first and last letter of a line in which another may have been overlooked. */
const MARGIN = 4;

/** What stands around a word, and the word: letters, and what is read for letters. A number behind it is no part of it. */
const WORD = /^([^A-Za-z0-9]*)([A-Za-z0-9|!$&]*[A-Za-z|!])([^A-Za-z0-9]*)$/;
/** Of a word, so much is read as letters. */
const MOSTLY = 0.6;

type Case = 'lower' | 'capital' | 'upper';
/** Time steps, the last inclusive. */
type Span = readonly [number, number];

/** The recogniser's probabilities, [1, steps, classes], and what its classes are. */
export interface Posteriors {
  readonly output: Tensor;
  readonly alphabet: readonly string[];
}

/**
 * Words of a line, each that is no word taken for the one that the recogniser thought of too: "privleged", "REGEIPT". What it read surely is left as it is,
 * so names, codes and other languages stay; the probabilities of the characters stay those of what was seen.
 *
 * The most probable word is found by following the tree of all words through the steps, each by the sum over all its paths (CTC prefix search).
 */
export function settleSpelling(
  words: readonly (readonly Character[])[],
  posteriors: Posteriors,
  lexicon: () => Lexicon,
): Character[][] {
  return words.map((word, index) => {
    const [, before = '', core, after = ''] = WORD.exec(textOf(word)) ?? [];
    const end = word.length - after.length;
    const letters = word.slice(before.length, end);
    // A ligature is one class of several characters: then places in the text are none in the word.
    if (core === undefined || letters.length !== core.length || !isMisspelt(core, lexicon())) return [...word];
    const beside = [word[before.length - 1] ?? words[index - 1]?.at(-1), word[end] ?? words[index + 1]?.[0]] as const;
    const search = openSearch(posteriors, spanOf(letters, beside, posteriors.output.dims[1]!));
    const own = search.probabilityOf(core);
    if (own > -SURE) return [...word];
    const [found] = casesOf(core)
      .flatMap((form) => search.mostProbable(lexicon(), form, own - LEAST) ?? [])
      .sort((a, b) => b.score - a.score);
    if (!found || found.text === core || found.score - own < -LEAST_A_LETTER * found.text.length) return [...word];
    return [...word.slice(0, before.length), ...respelt(letters, found.text), ...word.slice(end)];
  });
}

function isMisspelt(core: string, lexicon: Lexicon): boolean {
  const letters = core.replace(/[^A-Za-z]/g, '').length;
  return core.length >= SHORTEST && letters >= MOSTLY * core.length && !lexicon.knows(core.toLowerCase());
}

function textOf(characters: readonly Character[]): string {
  return characters.map(({ text }) => text).join('');
}

/** The steps of the letters, up to the middle of the gaps beside them. */
function spanOf(
  letters: readonly Character[],
  [before, after]: readonly [Character | undefined, Character | undefined],
  steps: number,
): Span {
  const [first, last] = [letters[0]!.firstStep, letters[letters.length - 1]!.lastStep];
  return [
    before ? Math.min(first, Math.floor((before.lastStep + first) / 2) + 1) : Math.max(0, first - MARGIN),
    after ? Math.max(last, Math.ceil((last + after.firstStep) / 2) - 1) : Math.min(steps - 1, last + MARGIN),
  ];
}

function casesOf(word: string): Case[] {
  const upper = word.replace(/[^A-Z]/g, '').length;
  const lower = word.replace(/[^a-z]/g, '').length;
  if (upper > lower && upper > 1) return ['upper'];
  return /^[a-z]/.test(word) ? ['lower', 'capital'] : ['capital', 'lower'];
}

/** The new letters, evenly over the place of the old ones. */
function respelt(letters: readonly Character[], text: string): Character[] {
  const [first, last] = [letters[0]!, letters[letters.length - 1]!];
  const probability = letters.reduce((sum, letter) => sum + letter.probability, 0) / letters.length;
  const step = (last.lastStep - first.firstStep) / Math.max(1, text.length - 1);
  return [...text].map((letter, index): Character => {
    const at = first.firstStep + index * step;
    const spaceBefore = index === 0 ? first.spaceBefore : 0;
    return { text: letter, probability, firstStep: at, lastStep: at, spaceBefore };
  });
}

interface Found {
  readonly text: string;
  /** Natural logarithm of its probability, less its rarity. */
  readonly score: number;
}

/** A beginning of words, and the logarithms of the probability of all paths that spell it and end with a blank, and with its last letter. */
interface Beginning {
  readonly text: string;
  readonly low: number;
  readonly high: number;
  blank: number;
  letter: number;
}

function openSearch({ output, alphabet }: Posteriors, [from, to]: Span) {
  const classes = alphabet.length;
  const index = indexOf(alphabet);
  const space = index.get(' ');
  const letters = LETTERS.flatMap((letter) => index.get(letter) ?? []).map((at) => ({ letter: alphabet[at]!, at }));
  const logAt = (step: number, letter: string): number => {
    const found = index.get(letter);
    return found === undefined ? NOTHING : logOf(output.data[step * classes + found]!);
  };
  const steps = Array.from({ length: to - from + 1 }, (_, after) => {
    const row = (from + after) * classes;
    const likely: Likely[] = [];
    for (const { letter, at } of letters) {
      const probability = output.data[row + at]!;
      if (probability > LEAST_PROBABILITY) likely.push({ letter, log: Math.log(probability) });
    }
    // Between letters of a word a space is nothing, too.
    const blank = logOf(output.data[row + BLANK]! + (space === undefined ? 0 : output.data[row + space]!));
    return { step: from + after, blank, likely };
  });
  return {
    /** Logarithm of the sum over all paths that spell the text (CTC's forward variables). */
    probabilityOf(text: string): number {
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
      return added(sums[sums.length - 1]!, sums[sums.length - 2]!);
    },
    /** Undefined where none reaches the least score. */
    mostProbable(lexicon: Lexicon, form: Case, least: number): Found | undefined {
      const { words } = lexicon;
      let beginnings: Beginning[] = [{ text: '', low: 0, high: words.length, blank: 0, letter: NEVER }];
      for (const { step, blank, likely } of steps) {
        const next = new Map<string, Beginning>();
        for (const one of beginnings) {
          const whole = added(one.blank, one.letter);
          const last = one.text.at(-1);
          add(next, one, whole + blank, last === undefined ? NEVER : one.letter + logAt(step, last));
          for (const { letter, log } of likely) {
            if (letter !== formOf(letter, one.text.length, form)) continue;
            const before = letter === last ? one.blank : whole;
            if (before === NEVER) continue;
            const text = one.text + letter;
            const stretch = next.get(text) ?? { text, ...narrowed(words, one, letter.toLowerCase()) };
            if (stretch.low < stretch.high) add(next, stretch, NEVER, before + log);
          }
        }
        beginnings = mostProbableOf(next, least);
        if (beginnings.length === 0) break;
      }
      let best: Found | undefined;
      for (const { text, low, blank, letter } of beginnings) {
        // The shortest of those that begin so stands first.
        const rank = words[low]?.length === text.length ? lexicon.rankOf(low) : undefined;
        const score = rank === undefined ? NEVER : added(blank, letter) - RARITY * rank;
        if (score >= Math.max(least, best?.score ?? NEVER)) best = { text, score };
      }
      return best;
    },
  };
}

interface Likely {
  readonly letter: string;
  readonly log: number;
}

const NEVER = Number.NEGATIVE_INFINITY;
const LETTERS = [...'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ'];

/** The most probable first. What goes on from a beginning is no more probable than it. */
function mostProbableOf(beginnings: ReadonlyMap<string, Beginning>, least: number): Beginning[] {
  const scored: { one: Beginning; score: number }[] = [];
  for (const one of beginnings.values()) {
    const score = added(one.blank, one.letter);
    if (score >= least) scored.push({ one, score });
  }
  return scored
    .sort((a, b) => b.score - a.score)
    .slice(0, BEAM)
    .map(({ one }) => one);
}

function add(
  beginnings: Map<string, Beginning>,
  { text, low, high }: Pick<Beginning, 'text' | 'low' | 'high'>,
  blank: number,
  letter: number,
): void {
  const known = beginnings.get(text);
  if (known === undefined) {
    beginnings.set(text, { text, low, high, blank, letter });
    return;
  }
  known.blank = added(known.blank, blank);
  known.letter = added(known.letter, letter);
}

function formOf(letter: string, place: number, form: Case): string {
  return form === 'upper' || (form === 'capital' && place === 0) ? letter.toUpperCase() : letter.toLowerCase();
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
