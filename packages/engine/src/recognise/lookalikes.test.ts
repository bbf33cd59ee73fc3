import { expect, test } from '@jest/globals';
import { settleLookalikes } from './lookalikes.ts';

/** The word after settling, when each lookalike has the given probability. */
function settled(word: string, probabilities: Readonly<Record<string, number>>): string {
  const characters = [...word].map((letter, step) => {
    return { text: letter, probability: 0.9, firstStep: step, lastStep: step, spaceBefore: 0 };
  });
  return settleLookalikes(characters, (_, text) => probabilities[text] ?? 0)
    .map((character) => character.text)
    .join('');
}

test('a digit between letters becomes the letter that the recogniser half saw, in their case', () => {
  expect(settled('INV0ICE', { O: 0.03, o: 0.03 })).toBe('INVOICE');
  expect(settled('inv0ice', { O: 0.03, o: 0.03 })).toBe('invoice');
  expect(settled('TOTA1S', { I: 0.03, l: 0.03 })).toBe('TOTAIS');
  expect(settled('tota1s', { I: 0.03, l: 0.03 })).toBe('totals');
});

test('at the end of a word it takes more', () => {
  expect(settled('tota1', { l: 0.05 })).toBe('tota1');
  expect(settled('tota1', { l: 0.3 })).toBe('total');
});

test('letters among digits become digits, one after the other', () => {
  expect(settled('47S0O', { '5': 0.4, '0': 0.2 })).toBe('47500');
  expect(settled('I393', { '1': 0.2 })).toBe('1393');
});

test('without second thoughts nothing changes', () => {
  expect(settled('INV0ICE', { O: 0.001 })).toBe('INV0ICE');
});

test('codes of letters and digits are left alone', () => {
  expect(settled('KX-5509/B0', { O: 0.4, S: 0.4 })).toBe('KX-5509/B0');
  expect(settled('VE05', { O: 0.4, S: 0.05 })).toBe('VE05');
});

test('a lookalike beside another sure digit stays a digit', () => {
  expect(settled('SH01', { O: 0.03, I: 0.01 })).toBe('SH01');
});

test('a word of lookalikes only is left alone', () => {
  expect(settled('10', { I: 0.4, O: 0.4 })).toBe('10');
});
