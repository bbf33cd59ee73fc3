import { expect, test } from '@jest/globals';
import { fillGaps } from './gaps.ts';

const alphabet = ['', ...'山深闻鹧鸪鹤。ab—', ' '];
/** Steps from one letter to the next. */
const PITCH = 6;

/** The text after filling; a letter stands every six steps, ' ' leaves its place free, and each place may have thoughts of its own. */
function filled(text: string, thoughts: Readonly<Record<number, Readonly<Record<string, number>>>> = {}): string {
  const places = [...text];
  const data = new Float32Array(places.length * PITCH * alphabet.length);
  const characters = places.flatMap((letter, place) => {
    const step = place * PITCH;
    for (const [thought, probability] of Object.entries(thoughts[place] ?? {})) {
      data[step * alphabet.length + alphabet.indexOf(thought)] = probability;
    }
    return letter === ' ' ? [] : [{ text: letter, probability: 1, firstStep: step, lastStep: step, spaceBefore: 0 }];
  });
  const output = { data, dims: [1, places.length * PITCH, alphabet.length] };
  return fillGaps(characters, { output, alphabet })
    .map((character) => character.text)
    .join('');
}

test('a gap as wide as a letter holds the letter that the recogniser thought of', () => {
  expect(filled('山深闻 鸪', { 3: { 鹧: 0.18 } })).toBe('山深闻鹧鸪');
  expect(filled('山深闻 。', { 3: { 鸪: 0.12, 鹤: 0.02 } })).toBe('山深闻鸪。');
});

test('the letter stands at its own step with its own probability', () => {
  const characters = [0, 6, 12, 24].map((step, index) => {
    return { text: '山深闻鸪'[index]!, probability: 1, firstStep: step, lastStep: step, spaceBefore: 0 };
  });
  const data = new Float32Array(30 * alphabet.length);
  data[18 * alphabet.length + alphabet.indexOf('鹧')] = 0.25;
  const letters = fillGaps(characters, { output: { data, dims: [1, 30, alphabet.length] }, alphabet });
  expect(letters[3]).toEqual({ text: '鹧', probability: 0.25, firstStep: 18, lastStep: 18, spaceBefore: 0 });
});

test('a gap in which it thought of little, or of two alike, stays', () => {
  expect(filled('山深闻 鸪', { 3: { 鹧: 0.05 } })).toBe('山深闻鸪');
  expect(filled('山深闻 鸪', { 3: { 鹧: 0.2, 鹤: 0.15 } })).toBe('山深闻鸪');
});

test('what a letter looks like in the step beside it is that letter, and no other one', () => {
  const characters = [0, 6, 12, 24].map((step, index) => {
    return { text: '山深闻鸪'[index]!, probability: 1, firstStep: step, lastStep: step, spaceBefore: 0 };
  });
  for (const [step, text] of [
    [13, '闻'],
    [23, '鸪'],
  ] as const) {
    const data = new Float32Array(30 * alphabet.length);
    data[step * alphabet.length + alphabet.indexOf(text)] = 0.3;
    expect(fillGaps(characters, { output: { data, dims: [1, 30, alphabet.length] }, alphabet })).toEqual(characters);
  }
});

test('only a Han letter is missed, and only beside another', () => {
  expect(filled('山深闻 鸪', { 3: { '—': 0.4, a: 0.3 } })).toBe('山深闻鸪');
  expect(filled('山深闻a b', { 4: { 鹧: 0.4 } })).toBe('山深闻ab');
});

test('without a gap, or without neighbours to measure by, nothing is looked for', () => {
  expect(filled('山深闻鸪', { 2: { 鹧: 0.3 } })).toBe('山深闻鸪');
  expect(filled('ab 山', { 2: { 鹧: 0.9 } })).toBe('ab山');
});
