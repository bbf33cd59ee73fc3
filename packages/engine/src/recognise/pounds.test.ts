import { expect, test } from '@jest/globals';
import { settlePounds } from './pounds.ts';

const LATIN = [...'abcdefghijklmnopqrstuvwxyz0123456789.,'];

function settled(text: string, alphabet: readonly string[] = LATIN): string {
  const words = text.split(' ').map((word) =>
    [...word].map((letter, step) => ({
      text: letter,
      probability: 1,
      firstStep: step,
      lastStep: step,
      spaceBefore: 0,
    })),
  );
  return settlePounds(words, alphabet)
    .map((word) => word.map((character) => character.text).join(''))
    .join(' ');
}

test.each([
  ['total f1,236.00', 'total £1,236.00'],
  ['subtotal f 1,030.00', 'subtotal £ 1,030.00'],
  ['f7.50 f12345.00', '£7.50 £12345.00'],
])('"%s" is "%s"', (read, meant) => expect(settled(read)).toBe(meant));

test.each(['f2.8', 'f 2.8', 'f1.236,00', 'of 7.50', 'f 7.505', 'f', 'a f', 'f16', 'f1,23.00'])('"%s" stays', (read) =>
  expect(settled(read)).toBe(read),
);

test('an alphabet with the sign is believed', () => expect(settled('f7.50', [...LATIN, '£'])).toBe('f7.50'));
