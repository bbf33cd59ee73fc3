import { heightOf, lengthOf, type Region } from '../geometry/region.ts';
import type { Character } from './decode.ts';
import { middleOf } from './pitch.ts';

/** Steps of the recogniser that a line's picture is made so narrow for: on the line's average, its spaces with the letters before them. */
export interface LetterSteps {
  readonly letter: number;
  /** For a letter or a mark that stands in a square: Han, kana, Hangul, full-width. */
  readonly square: number;
}

/** What a line that was read tells of others: the aspect (see `lineInput`) at which its letters have their steps. */
export interface Witness {
  /** Of the line, in pixels of the page. */
  readonly height: number;
  readonly aspect: number;
  /** Whether most of its letters stand in squares. */
  readonly squares: boolean;
}

const SQUARE = /[\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff01-\uff60]/;

/** Steps that letters of narrow print have at their own shape: for a line of which nothing is known. */
const NARROW_PRINT = 2.2;
/** Narrower than this letters are no longer those that the recogniser learnt from. */
const LEAST_ASPECT = 0.6;
/** Lines shorter than so many heights keep their shape: little time is won, and points and brackets of numbers in tables are lost. */
const SHORT = 2.5;
/** Print of one height, by this factor, is most likely of one kind. */
const ALIKE = 1.16;
/** So many letters, read as surely as this, tell how wide others are. */
const LEAST_LETTERS = 4;
const LEAST_CONFIDENCE = 0.6;
/** A gap wider than so many usual distances says nothing of letters: it leads to a price, or is there to be filled in. */
const WIDEST_GAP = 2;

/**
 * The aspect in which a line is read. Recognition takes time in proportion to its width, and what a letter needs to be read are its steps: capitals and
 * a typewriter's letters have up to twice as many as they need, a book's hardly more. How wide a line's letters are is known from lines of the same
 * height that were read, or else from all: that tells half of the variance; ink that comes and goes along the line told little more. Where a page holds
 * two scripts it is the aspect of the one that needs more.
 */
export function aspectFor(region: Region, witnesses: readonly Witness[], steps: LetterSteps): number {
  const height = heightOf(region);
  if (lengthOf(region) < SHORT * height) return 1;
  const needed = [true, false].flatMap((squares) => {
    const ofScript = witnesses.filter((witness) => witness.squares === squares);
    const alike = ofScript.filter((witness) => isAlike(witness.height, height));
    const aspects = (alike.length > 0 ? alike : ofScript).map(({ aspect }) => aspect).sort((a, b) => a - b);
    return aspects[aspects.length >> 1] ?? [];
  });
  const most = needed.length > 0 ? Math.max(...needed) : steps.letter / NARROW_PRINT;
  return Math.max(LEAST_ASPECT, Math.min(1, most));
}

/**
 * What a reading tells; undefined where its letters are too few or too unsure.
 *
 * @param read the line's height, the aspect of its picture, and how surely it was read
 */
export function witnessOf(
  characters: readonly Character[],
  { height, aspect, confidence }: { readonly height: number; readonly aspect: number; readonly confidence: number },
  steps: LetterSteps,
): Witness | undefined {
  if (characters.length < LEAST_LETTERS || confidence < LEAST_CONFIDENCE) return undefined;
  const distances = characters.slice(1).map((one, index) => middleOf(one) - middleOf(characters[index]!));
  const usual = [...distances].sort((a, b) => a - b)[distances.length >> 1]!;
  const taken = distances.reduce((sum, distance) => sum + Math.min(distance, WIDEST_GAP * usual), 0);
  const squares = characters.slice(1).filter(({ text }) => SQUARE.test(text)).length;
  const needed = squares * steps.square + (distances.length - squares) * steps.letter;
  return { height, aspect: (aspect * needed) / taken, squares: 2 * squares > distances.length };
}

/**
 * In which turns lines are read, so that each is told by those before, as indices: the longest line; then the longest of each other height, `most` in all
 * at most, filled up with the longest to `least`; then the rest. However many are read at once, each is told the same.
 */
export function inTurns(
  lines: readonly Region[],
  { least, most }: { readonly least: number; readonly most: number },
): number[][] {
  const longestFirst = [...lines.keys()].sort((a, b) => lengthOf(lines[b]!) - lengthOf(lines[a]!));
  const sample: number[] = [];
  for (const index of longestFirst) {
    const height = heightOf(lines[index]!);
    if (sample.length < most && !sample.some((other) => isAlike(heightOf(lines[other]!), height))) sample.push(index);
  }
  const others = longestFirst.filter((index) => !sample.includes(index));
  sample.push(...others.splice(0, Math.max(0, least - sample.length)));
  return [sample.slice(0, 1), sample.slice(1), others];
}

function isAlike(a: number, b: number): boolean {
  return a <= b * ALIKE && b <= a * ALIKE;
}
