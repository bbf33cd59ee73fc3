import { expect, test } from '@jest/globals';
import { settleDashes } from './dashes.ts';

/** The text after settling, when each stroke has the given probabilities of being a dash. */
function settled(text: string, probabilities: Readonly<Record<string, number>> = {}): string {
  const characters = [...text].map((letter, step) => {
    return { text: letter, probability: 0.9, firstStep: step, lastStep: step, spaceBefore: 0 };
  });
  return settleDashes(characters, (_, other) => probabilities[other] ?? 0)
    .map((character) => character.text)
    .join('');
}

test('two strokes that the recogniser half saw as dashes are a Chinese dash', () => {
  expect(settled('一一宋', { '—': 0.05, '-': 0.06 })).toBe('——宋');
  expect(settled('-一宋', { '—': 0.2 })).toBe('——宋');
  expect(settled('目的—一寻', { '—': 0.09 })).toBe('目的——寻');
});

test('numerals that it surely read stay numerals', () => {
  expect(settled('一一列举', { '—': 0.01 })).toBe('一一列举');
  expect(settled('是一个', { '—': 0.9, '-': 0.9 })).toBe('是一个');
});

test('dashes of Latin print are left alone', () => {
  expect(settled('2--3', { '—': 0.4 })).toBe('2--3');
});

test('the character that no one prints is a vertical bar', () => {
  expect(settled('22日丨星期二')).toBe('22日|星期二');
});
