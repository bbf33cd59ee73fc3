import { expect, test } from '@jest/globals';
import { narrowPunctuation } from './half-width.ts';

function narrowed(text: string): string {
  const characters = [...text].map((letter, step) => {
    return { text: letter, probability: 1, firstStep: step, lastStep: step, spaceBefore: 0 };
  });
  return narrowPunctuation(characters)
    .map((character) => character.text)
    .join('');
}

test('full-width punctuation in Latin print becomes plain', () => {
  expect(narrowed('brass（item 7），ok：yes！')).toBe('brass(item 7),ok:yes!');
});

test('beside a Han character it stays', () => {
  expect(narrowed('发票（A）：12，张')).toBe('发票（A):12，张');
  expect(narrowed('（一）')).toBe('（一）');
});

test('nothing else is touched', () => {
  expect(narrowed('a×b “c” 发。')).toBe('a×b “c” 发。');
});
