import { connectedComponents } from '../detect/components.ts';
import type { Tensor } from '../models.ts';
import type { Character } from './decode.ts';
import type { Posterior } from './lookalikes.ts';

/** Letters whose capitals have their shape: only their height, beside that of others, tells which they are. */
const SAME_SHAPE = /^[cosuvwxz]$/;
/** The capital must have been thought of this much: where it was not, the recogniser saw the height. */
const THOUGHT_OF = 0.01;
/** From this probability of a space on a letter begins a word. */
const SPACE = 0.5;
/** Letters without a stroke above or below, and those that are as tall as capitals. */
const SMALL = /^[acemnorsuvwxz]$/;
const TALL = /^[A-HJ-PR-Zbdfhkl0-9]$/;
const LETTER = /^\p{L}$/u;
const SMALL_LETTER = /^\p{Ll}$/u;
/** Of the way from paper to the darkest ink, what is darker belongs to a letter. */
const INK = 0.4;
const PAPER = 0.8;
const DARKEST = 0.02;
const SAMPLED = 7;
/** Columns around a letter's step in which its ink is looked for. */
const REACH = 4;
/** So many others tell how high letters are. */
const LEAST_OTHERS = 2;
/** Capitals are 1.3 to 1.5 times as tall as small letters in most faces, and as tall as other tall letters, nearly. */
const CAPITAL = 1.2;
const NEARLY = 1.1;

/** A stroke alone at the beginning of a line, before a small letter, is an I from this probability on: no language of the recogniser's has an l as a word there. */
const LEAST_STROKE = 0.05;

/**
 * Makes small letters that begin words capitals where their height shows that they are ("single" for "Single"): the recogniser sees a line stretched to its
 * own height, where an s alone is as tall as an S, and guesses.
 *
 * @param draw asked, where there are such letters, for the line as the recogniser's input, [1, 3, 48, W], -1..1, dark on light, in its own shape
 * @param steps time steps of the output that the characters were seen in
 */
export function settleCapitals(
  characters: readonly Character[],
  { posterior, draw, steps }: { readonly posterior: Posterior; readonly draw: () => Tensor; readonly steps: number },
): readonly Character[] {
  const told = isLoneI(characters, posterior) ? [{ ...characters[0]!, text: 'I' }, ...characters.slice(1)] : characters;
  const doubtful = told.flatMap((character, index) => {
    const begins = character.spaceBefore >= SPACE || !LETTER.test(told[index - 1]?.text ?? '');
    const isOfWord = begins && SMALL_LETTER.test(told[index + 1]?.text ?? '') && SAME_SHAPE.test(character.text);
    return isOfWord && posterior(character, character.text.toUpperCase()) >= THOUGHT_OF ? [index] : [];
  });
  if (doubtful.length === 0) return told;
  const heights = heightsOf(told, draw(), steps);
  const heightOfThose = (kind: RegExp): number | undefined => {
    const those = told.flatMap(({ text }, index) =>
      kind.test(text) && !doubtful.includes(index) ? (heights[index] ?? []) : [],
    );
    return those.length >= LEAST_OTHERS ? median(those) : undefined;
  };
  const [small, tall] = [heightOfThose(SMALL), heightOfThose(TALL)];
  // No more than the middle between both, where both are known; what is small is small beside either.
  const least =
    small === undefined ? (tall ?? Infinity) / NEARLY : Math.max(CAPITAL * small, ((tall ?? 0) + small) / 2);
  return told.map((character, index) =>
    doubtful.includes(index) && (heights[index] ?? 0) >= least
      ? { ...character, text: character.text.toUpperCase() }
      : character,
  );
}

function isLoneI([first, next]: readonly Character[], posterior: Posterior): boolean {
  if (first?.text !== 'l' || next === undefined || next.spaceBefore < SPACE) return false;
  return SMALL_LETTER.test(next.text) && posterior(first, 'I') >= LEAST_STROKE;
}

/** Of each character the height of its ink, in rows; undefined where it touches another's, or none is found. */
function heightsOf(characters: readonly Character[], { data, dims }: Tensor, steps: number): (number | undefined)[] {
  const [, , rows = 0, columns = 0] = dims;
  const plane = rows * columns;
  const light = Float32Array.from({ length: plane }, (_, at) => data[at]! + data[at + plane]! + data[at + 2 * plane]!);
  const sample = light.filter((_, at) => at % SAMPLED === 0).sort();
  const [paper, darkest] = [PAPER, DARKEST].map((part) => sample[Math.floor(part * sample.length)]!) as [
    number,
    number,
  ];
  const ink = light.map((value) => paper - value);
  const patches = connectedComponents(ink, columns, INK * (paper - darkest)).map(({ pixels, corners }) => {
    const [xs, ys] = [corners.map(([x]) => x), corners.map(([, y]) => y)];
    const [left, right, top, bottom] = [least(xs), most(xs), least(ys), most(ys)];
    return { pixels, left, right, height: bottom - top };
  });
  const middles = characters.map(({ firstStep, lastStep }) => (((firstStep + lastStep + 1) / 2) * columns) / steps);
  return middles.map((middle, index) => {
    const [own] = patches
      .filter(({ left, right }) => left <= middle + REACH && right >= middle - REACH)
      .sort((a, b) => b.pixels - a.pixels);
    const isShared = middles.some((other, at) => at !== index && own && other >= own.left && other <= own.right);
    return isShared ? undefined : own?.height;
  });
}

function least(numbers: readonly number[]): number {
  return numbers.reduce((a, b) => Math.min(a, b));
}

function most(numbers: readonly number[]): number {
  return numbers.reduce((a, b) => Math.max(a, b));
}

function median(numbers: readonly number[]): number {
  return [...numbers].sort((a, b) => a - b)[numbers.length >> 1]!;
}
