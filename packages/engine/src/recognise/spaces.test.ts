import { expect, test } from '@jest/globals';
import type { Character } from './decode.ts';
import { splitWords } from './spaces.ts';

/** The words of a text in which `|` stands for a gap where the space class reached the given probability. */
function wordsOf(text: string, spaceBefore: number): string[] {
  const characters: Character[] = [];
  let gap = false;
  for (const letter of text) {
    if (letter === '|') {
      gap = true;
    } else {
      const step = characters.length * 2;
      const before = gap ? spaceBefore : 0;
      characters.push({ text: letter, probability: 1, firstStep: step, lastStep: step, spaceBefore: before });
      gap = false;
    }
  }
  return splitWords(characters).map((word) => word.map((character) => character.text).join(''));
}

test('between letters a few hundredths part words', () => {
  expect(wordsOf('aba|aba', 0.04)).toEqual(['aba', 'aba']);
  expect(wordsOf('aba|aba', 0.02)).toEqual(['abaaba']);
});

test('beside narrow letters it takes more', () => {
  expect(wordsOf('suppl|ies', 0.05)).toEqual(['supplies']);
  expect(wordsOf('will|it', 0.1)).toEqual(['will', 'it']);
});

test('beside an underscore, above which air stands, it takes much more', () => {
  expect(wordsOf('file_|name', 0.2)).toEqual(['file_name']);
  expect(wordsOf('file|_name', 0.2)).toEqual(['file_name']);
  expect(wordsOf('file_|name', 0.3)).toEqual(['file_', 'name']);
});

test('between capitals it takes a little more', () => {
  expect(wordsOf('PAR|AGON', 0.04)).toEqual(['PARAGON']);
  expect(wordsOf('PAY|CASH', 0.06)).toEqual(['PAY', 'CASH']);
  expect(wordsOf('PAY|cash', 0.04)).toEqual(['PAY', 'cash']);
});

test('between a digit and a letter it takes less', () => {
  expect(wordsOf('3|Notes', 0.012)).toEqual(['3', 'Notes']);
});

test('closing punctuation stays with its word unless the space is clear', () => {
  expect(wordsOf('paid|,', 0.2)).toEqual(['paid,']);
  expect(wordsOf('paid|,', 0.5)).toEqual(['paid', ',']);
});

test('after a colon a hint is enough, but times of day hold together', () => {
  expect(wordsOf('No:|7', 0.008)).toEqual(['No:', '7']);
  expect(wordsOf('17:|30', 0.05)).toEqual(['17:30']);
});

test('addresses, brackets and quotes hold together', () => {
  expect(wordsOf('a|@b', 0.05)).toEqual(['a@b']);
  expect(wordsOf('(|a)', 0.05)).toEqual(['(a)']);
  expect(wordsOf('"|a"', 0.05)).toEqual(['"a"']);
});

test('a space that was read always parts', () => {
  expect(wordsOf('发|票', 1)).toEqual(['发', '票']);
  expect(wordsOf('发|票', 0.5)).toEqual(['发票']);
});
