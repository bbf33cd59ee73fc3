import { expect, test } from '@jest/globals';
import type { Character } from './decode.ts';
import { openLexicon } from './lexicon.ts';
import { settleParts } from './parts.ts';

const lexicon = openLexicon([
  ['commission', 'pay', 'payment', 'long', 'along', 'of', 'the', 'together', 'oft', 'he', 'get', 'her', 'box', 'in'],
  [],
]);

/** The words, of a text in which ' ' parts words and `|` stands for a gap within one; the gaps have the given probabilities, in order. */
function settled(text: string, ...gaps: readonly number[]): string[] {
  const words: Character[][] = [[]];
  const rest = [...gaps];
  let spaceBefore = 0;
  let step = 0;
  for (const letter of text) {
    if (letter === ' ' || letter === '|') {
      if (letter === ' ') words.push([]);
      spaceBefore = rest.shift()!;
    } else {
      words[words.length - 1]!.push({ text: letter, probability: 1, firstStep: step, lastStep: step, spaceBefore });
      step += 2;
      spaceBefore = 0;
    }
  }
  return settleParts(words, () => lexicon).map((word) => word.map((character) => character.text).join(''));
}

test('parts of a word that a doubtful space parts are put together', () => {
  expect(settled('Com mission', 0.1)).toEqual(['Commission']);
  expect(settled('to ge ther', 0.1, 0.1)).toEqual(['to', 'ge', 'ther']);
  expect(settled('pay com mission pay', 1, 0.1, 1)).toEqual(['pay', 'commission', 'pay']);
});

test('a space that was thought probable stays', () => {
  expect(settled('Com mission', 0.3)).toEqual(['Com', 'mission']);
  expect(settled('Com mission', 1)).toEqual(['Com', 'mission']);
});

test('two words stay two, though together they were one too', () => {
  expect(settled('a long', 0.1)).toEqual(['a', 'long']);
  expect(settled('get her', 0.1)).toEqual(['get', 'her']);
});

test('marks may stand around the parts, not between them', () => {
  expect(settled('(Pay ment),', 0.1)).toEqual(['(Payment),']);
  expect(settled('Pay- ment', 0.1)).toEqual(['Pay-', 'ment']);
  expect(settled('Pay2 ment', 0.1)).toEqual(['Pay2', 'ment']);
});

test('what makes no word together stays apart', () => {
  expect(settled('QX ZYW', 0.1)).toEqual(['QX', 'ZYW']);
});

test('two words that were read as one are parted where a space was thought of', () => {
  expect(settled('of|the', 0.01)).toEqual(['of', 'the']);
  expect(settled('(Of|the).', 0.01)).toEqual(['(Of', 'the).']);
  expect(settled('a|box', 0.01)).toEqual(['a', 'box']);
  expect(settled('of|the', 0.001)).toEqual(['ofthe']);
});

test('nothing is parted that is a word, or whose parts are not both', () => {
  expect(settled('a|long', 0.01)).toEqual(['along']);
  expect(settled('QX|the', 0.01)).toEqual(['QXthe']);
  expect(settled('of|7', 0.01)).toEqual(['of7']);
});

test('of several places, the one where a space was thought most probable', () => {
  expect(settled('of|t|he', 0.02, 0.01)).toEqual(['of', 'the']);
  expect(settled('of|t|he', 0.01, 0.02)).toEqual(['oft', 'he']);
  expect(settled('in|the|box', 0.01, 0.02)).toEqual(['inthebox']);
  expect(settled('a|l|ong|box', 0.02, 0.01, 0.012)).toEqual(['along', 'box']);
});

test('no words are none', () => {
  expect(settleParts([], () => lexicon)).toEqual([]);
});
