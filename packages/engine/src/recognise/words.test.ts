import { expect, test } from '@jest/globals';
import type { Region } from '../geometry/region.ts';
import type { Character } from './decode.ts';
import { splitWords } from './spaces.ts';
import { lineOf } from './words.ts';

/** Letters in the middle of steps two apart; `|` before a letter is a sure space, `~` the given thought of one. */
function charactersOf(text: string, thought = 0): Character[] {
  const characters: Character[] = [];
  let spaceBefore = 0;
  let step = 0;
  for (const letter of text) {
    if (letter === '|' || letter === '~') {
      spaceBefore = letter === '|' ? 1 : thought;
      step += 2;
    } else {
      characters.push({ text: letter, probability: 0.9, firstStep: step, lastStep: step, spaceBefore });
      spaceBefore = 0;
      step += 2;
    }
  }
  return characters;
}

function wordsOf(characters: readonly Character[]): string[] {
  return splitWords(characters).map((word) => word.map(({ text }) => text).join(''));
}

const region: Region = { origin: [100, 50], along: [200, 0], across: [0, 10] };

test('a space that was read parts words', () => {
  expect(wordsOf(charactersOf('ab|cd'))).toEqual(['ab', 'cd']);
});

test('a clear thought of a space parts Latin words, a faint one does not', () => {
  expect(wordsOf(charactersOf('ab~cd', 0.2))).toEqual(['ab', 'cd']);
  expect(wordsOf(charactersOf('ab~cd', 0.002))).toEqual(['abcd']);
});

test('between Han characters only a space that was read counts', () => {
  expect(wordsOf(charactersOf('发~票', 0.2))).toEqual(['发票']);
  expect(wordsOf(charactersOf('发|票'))).toEqual(['发', '票']);
});

test('a line is its words, joined by spaces, with the mean confidence', () => {
  const line = lineOf(region, 20, splitWords(charactersOf('ab|cd')));
  expect(line.text).toBe('ab cd');
  expect(line.confidence).toBe(0.9);
  expect(line.words.map(({ text, confidence }) => [text, confidence])).toEqual([
    ['ab', 0.9],
    ['cd', 0.9],
  ]);
});

test('words lie where their time steps lie in the region', () => {
  // Middles of the letters at steps 0.5, 2.5, 6.5, 8.5 of 20; a letter is 2 steps wide; a step is 10 pixels of the page.
  const [first, second] = lineOf(region, 20, splitWords(charactersOf('ab|cd'))).words;
  expect(first?.quad).toEqual([
    [100, 50],
    [135, 50],
    [135, 60],
    [100, 60],
  ]);
  expect(second?.quad[0]).toEqual([155, 50]);
  expect(second?.quad[1]).toEqual([195, 50]);
});

test('words never overlap', () => {
  const { words } = lineOf(region, 20, splitWords(charactersOf('abc|d|ef')));
  for (let i = 1; i < words.length; i += 1) {
    expect(words[i]!.quad[0][0]).toBeGreaterThanOrEqual(words[i - 1]!.quad[1][0]);
  }
});
