import { expect, test } from '@jest/globals';
import type { Tensor } from '../models.ts';
import { settleCapitals } from './capitals.ts';
import type { Character } from './decode.ts';

const ROWS = 48;
const STEP = 8;
const ADVANCE = 24;
const BASELINE = 40;

/** Heights of letters' blocks, in rows; others are as high as small letters. */
const HEIGHTS: Readonly<Record<string, number>> = { M: 28, T: 28, d: 28, h: 28, l: 28, t: 27 };
const SMALL = 20;

interface Line {
  readonly characters: Character[];
  readonly picture: Tensor;
}

/** @param heights of letters at their places, for those that are drawn otherwise than they were read */
function line(text: string, heights: Readonly<Record<number, number>> = {}, touching = 0): Line {
  const columns = text.length * ADVANCE;
  const data = new Float32Array(3 * ROWS * columns).fill(1);
  const characters: Character[] = [];
  for (const [index, one] of [...text].entries()) {
    if (one === ' ') continue;
    const top = BASELINE - (heights[index] ?? HEIGHTS[one] ?? SMALL);
    for (let plane = 0; plane < 3; plane += 1)
      for (let row = top; row < BASELINE; row += 1) {
        const from = (plane * ROWS + row) * columns + index * ADVANCE;
        data.fill(-1, from + 4 - touching, from + ADVANCE - 4 + touching);
      }
    const step = Math.floor(((index + 0.5) * ADVANCE) / STEP);
    const spaceBefore = text[index - 1] === ' ' ? 0.9 : 0;
    characters.push({ text: one, probability: 0.9, firstStep: step, lastStep: step, spaceBefore });
  }
  return { characters, picture: { data, dims: [1, 3, ROWS, columns] } };
}

function settled({ characters, picture }: Line, capital = 0.1): string {
  const steps = (picture.dims[3] as number) / STEP;
  const posterior = (_: Character, text: string): number => (text === text.toUpperCase() ? capital : 0);
  return settleCapitals(characters, { posterior, draw: () => picture, steps })
    .map(({ text, spaceBefore }) => (spaceBefore > 0.5 ? ` ${text}` : text))
    .join('');
}

test('a letter as tall as those with strokes above begins its word as a capital', () => {
  expect(settled(line('other', { 0: 28 }))).toBe('Other');
  expect(settled(line('the cover', { 4: 28 }))).toBe('the Cover');
  expect(settled(line('Mars zones', { 5: 28 }))).toBe('Mars Zones');
});

test('one as high as other small letters stays', () => {
  expect(settled(line('other'))).toBe('other');
  expect(settled(line('the cover'))).toBe('the cover');
});

test('beside small letters alone it is a capital when it is taller than they are, and stays where it is not', () => {
  expect(settled(line('scene', { 0: 28 }))).toBe('Scene');
  expect(settled(line('scene', { 0: 23 }))).toBe('scene');
});

test('nothing is changed where the recogniser thought of no capital, inside words, before capitals, and where letters touch or nothing compares', () => {
  expect(settled(line('other', { 0: 28 }), 0.001)).toBe('other');
  expect(settled(line('those', { 3: 28 }))).toBe('those');
  expect(settled(line('sTM', { 0: 28 }))).toBe('sTM');
  expect(settled(line('other', { 0: 28 }, 4))).toBe('other');
  expect(settled(line('si', { 0: 28 }))).toBe('si');
});

test('a stroke alone at the beginning of a line is an I before small letters, unless nothing speaks for it', () => {
  expect(settled(line('l agree'))).toBe('I agree');
  expect(settled(line('l agree'), 0.01)).toBe('l agree');
  expect(settled(line('l MT'))).toBe('l MT');
  expect(settled(line('lagree'))).toBe('lagree');
});
