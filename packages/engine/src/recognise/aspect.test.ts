import { expect, test } from '@jest/globals';
import type { Region } from '../geometry/region.ts';
import { aspectFor, inTurns, type Witness, witnessOf } from './aspect.ts';
import type { Character } from './decode.ts';

const STEPS = { letter: 2, square: 5 };
const READ = { height: 40, aspect: 1, confidence: 0.9 };
const SAMPLE = { least: 3, most: 5 };

function lineOf(height: number, length: number): Region {
  return { origin: [0, 0], along: [length, 0], across: [0, height] };
}

/** Letters at these steps. */
function lettersAt(text: string, steps: readonly number[]): Character[] {
  return [...text].map((letter, index) => {
    const firstStep = steps[index]!;
    return { text: letter, probability: 1, firstStep, lastStep: firstStep, spaceBefore: 0 };
  });
}

/** Letters that stand so many steps apart. */
function letters(text: string, apart: number): Character[] {
  return lettersAt(
    text,
    [...text].map((_, index) => index * apart),
  );
}

function latin(height: number, aspect: number): Witness {
  return { height, aspect, squares: false };
}

function aspectOf(height: number, witnesses: readonly Witness[]): number {
  return aspectFor(lineOf(height, 10 * height), witnesses, STEPS);
}

test('a line is as narrow as most lines of its height may be', () => {
  const witnesses = [latin(20, 0.9), latin(40, 0.7), latin(44, 0.8), latin(41, 0.75)];
  expect(aspectOf(42, witnesses)).toBe(0.75);
  expect(aspectOf(20, witnesses)).toBe(0.9);
});

test('lines whose heights differ by up to a sixth are alike, and of two the one that needs more counts', () => {
  expect(aspectOf(115, [latin(100, 0.7), latin(300, 0.9)])).toBe(0.7);
  expect(aspectOf(100, [latin(115, 0.7), latin(300, 0.9)])).toBe(0.7);
  expect(aspectOf(117, [latin(100, 0.7), latin(300, 0.9)])).toBe(0.9);
  expect(aspectOf(100, [latin(100, 0.8), latin(100, 0.7)])).toBe(0.8);
});

test('where none of its height was read, all lines tell', () => {
  expect(aspectOf(80, [latin(40, 0.7), latin(41, 0.9), latin(42, 0.8)])).toBe(0.8);
});

test('on a page of two scripts a line is wide enough for either', () => {
  const han = { height: 40, aspect: 0.95, squares: true };
  expect(aspectOf(40, [latin(40, 0.6), latin(40, 0.6), han])).toBe(0.95);
  expect(aspectOf(80, [latin(80, 0.6), han])).toBe(0.95);
  expect(aspectOf(40, [latin(40, 1), { ...han, aspect: 0.8 }])).toBe(1);
});

test('a line of which nothing is known is taken for narrow print', () => {
  expect(aspectFor(lineOf(40, 400), [], { letter: 2.2, square: 5 })).toBe(1);
  expect(aspectFor(lineOf(40, 400), [], { letter: 1.65, square: 5 })).toBeCloseTo(0.75);
});

test('no line is made wider than it is, none narrower than letters can be read, and short ones keep their shape', () => {
  expect(aspectOf(40, [latin(40, 1.4)])).toBe(1);
  expect(aspectOf(40, [latin(40, 0.2)])).toBe(0.6);
  expect(aspectFor(lineOf(40, 99), [latin(40, 0.7)], STEPS)).toBe(1);
  expect(aspectFor(lineOf(40, 100), [latin(40, 0.7)], STEPS)).toBe(0.7);
});

test('a reading tells the aspect at which its letters have their steps', () => {
  expect(witnessOf(letters('abcde', 4), READ, STEPS)).toEqual(latin(40, 0.5));
  expect(witnessOf(letters('abcde', 4), { ...READ, aspect: 0.8 }, STEPS)!.aspect).toBeCloseTo(0.4);
});

test.each(['中文字形', 'ひらがな', 'カタカナ', '한국어로', '中，文。'])('%s stand in squares', (text) => {
  expect(witnessOf(letters(text, 5), READ, STEPS)).toEqual({ height: 40, aspect: 1, squares: true });
});

test('of both kinds of letters each counts by itself, and most decide the script', () => {
  expect(witnessOf(letters('ab中文', 5), READ, STEPS)).toMatchObject({ aspect: 12 / 15, squares: true });
  expect(witnessOf(letters('中abc文', 5), READ, STEPS)).toMatchObject({ aspect: 11 / 20, squares: false });
});

test('a wide gap within a line tells nothing of its letters', () => {
  expect(witnessOf(lettersAt('Sum12', [0, 2, 4, 60, 62]), READ, STEPS)!.aspect).toBeCloseTo(8 / 10);
});

test('few letters, or unsure ones, tell nothing', () => {
  expect(witnessOf(letters('abc', 4), READ, STEPS)).toBeUndefined();
  expect(witnessOf([], READ, STEPS)).toBeUndefined();
  expect(witnessOf(letters('abcde', 4), { ...READ, confidence: 0.59 }, STEPS)).toBeUndefined();
  expect(witnessOf(letters('abcde', 4), { ...READ, confidence: 0.6 }, STEPS)).toBeDefined();
});

test('the longest line is read first, then the longest of each height, then the rest', () => {
  const lines = [lineOf(20, 300), lineOf(41, 900), lineOf(40, 990), lineOf(42, 700), lineOf(21, 600), lineOf(80, 500)];
  expect(inTurns(lines, SAMPLE)).toEqual([[2], [4, 5], [1, 3, 0]]);
  expect(inTurns([lineOf(10, 90), lineOf(20, 80), lineOf(40, 70), lineOf(80, 60)], { least: 1, most: 2 })).toEqual([
    [0],
    [1],
    [2, 3],
  ]);
});

test('where all are of one height, the longest of them are read first', () => {
  const lines = [100, 200, 300, 400, 500].map((length) => lineOf(40, length));
  expect(inTurns(lines, SAMPLE)).toEqual([[4], [3, 2], [1, 0]]);
  expect(inTurns(lines.slice(0, 1), SAMPLE)).toEqual([[0], [], []]);
  expect(inTurns([], SAMPLE)).toEqual([[], [], []]);
});
