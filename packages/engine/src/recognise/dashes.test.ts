import { expect, test } from '@jest/globals';
import { settleDashes } from './dashes.ts';

/** The text after settling, when each stroke has the given probabilities of being a dash. A letter takes six steps; '~' is a gap of as many. */
function settled(text: string, probabilities: Readonly<Record<string, number>> = {}, spaceBefore = 0): string {
  const characters = [...text].flatMap((letter, index) => {
    const step = 6 * index;
    return letter === '~' ? [] : [{ text: letter, probability: 0.9, firstStep: step, lastStep: step, spaceBefore }];
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

test('a dash as wide as a letter counts as one', () => {
  expect(settled('－一唐', { '－': 0.5 })).toBe('——唐');
});

test('numerals that it surely read stay numerals', () => {
  expect(settled('一一列举', { '—': 0.01 })).toBe('一一列举');
  expect(settled('是一个', { '—': 0.9, '-': 0.9 })).toBe('是一个');
});

test('beside other numerals, and in a day of the week, a stroke is one too', () => {
  for (const text of ['二〇一一年', '第一一三条', '星期一—星期五', '周一-周五']) {
    expect(settled(text, { '—': 0.9 })).toBe(text);
  }
});

test('dashes of Latin print are left alone', () => {
  expect(settled('2--3', { '—': 0.4 })).toBe('2--3');
  expect(settled('ab—~cd')).toBe('ab—cd');
});

test('one stroke that is two letters long is a Chinese dash', () => {
  expect(settled('他说—~不要走')).toBe('他说——不要走');
  expect(settled('—~唐代李白')).toBe('——唐代李白');
});

test('one that is a letter long, or stands off by a space, is not', () => {
  expect(settled('北京—上海航线')).toBe('北京—上海航线');
  expect(settled('他说—~不要走', {}, 0.9)).toBe('他说—不要走');
});

test('the character that no one prints is a vertical bar', () => {
  expect(settled('22日丨星期二')).toBe('22日|星期二');
});
