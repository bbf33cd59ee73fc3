import { expect, test } from '@jest/globals';
import { alphabetOf, keysIn } from './alphabet.ts';

test('keys are the lines of a text, whichever way they end', () => {
  expect(keysIn('a\r\nb\r\n')).toEqual(['a', 'b']);
  expect(keysIn('a\nb')).toEqual(['a', 'b']);
});

test('characters that other languages take for line ends are keys', () => {
  expect(keysIn('\u3000\n\u2028\n\u0085')).toEqual(['\u3000', '\u2028', '\u0085']);
});

test('the number of classes tells whether a space was added', () => {
  expect(alphabetOf(['a', 'b'], 4)).toEqual(['', 'a', 'b', ' ']);
  expect(alphabetOf(['a', 'b'], 3)).toEqual(['', 'a', 'b']);
});

test('of two spaces the last is the one that was taught', () => {
  expect(alphabetOf(['a', ' '], 4)).toEqual(['', 'a', '', ' ']);
  expect(alphabetOf(['a', ' '], 3)).toEqual(['', 'a', ' ']);
});

test('keys that do not fit the model are refused, with both numbers', () => {
  expect(() => alphabetOf(['a', 'b'], 5)).toThrow(
    expect.objectContaining({ code: 'models_unavailable', message: expect.stringMatching(/3 or 4 classes.*gives 5/) }),
  );
});
