import { expect, test } from '@jest/globals';
import { linesOf, PageText, plainText } from './page-text.ts';

const quad: PageText['blocks'][number]['quad'] = [
  [0, 0],
  [10, 0],
  [10, 5],
  [0, 5],
];
const line = (text: string) => ({
  text,
  quad,
  confidence: 0.9,
  words: text.split(' ').map((word) => ({ text: word, quad, confidence: 0.9 })),
});
const model = { name: 'm', sha256: 'ab' };
const page: PageText = {
  width: 100,
  height: 50,
  source: 'ocr',
  blocks: [
    { quad, lines: [line('Dear Ms Rao,'), line('thank you')] },
    { quad, lines: [line('Total 12.50')] },
  ],
  models: { detection: model, orientation: model, recognition: model },
};

test('plain text keeps lines together in a block and blocks apart', () => {
  expect(plainText(page)).toBe('Dear Ms Rao,\nthank you\n\nTotal 12.50');
  expect(linesOf(page).map((l) => l.text)).toEqual(['Dear Ms Rao,', 'thank you', 'Total 12.50']);
});

test('a blank page is a page without blocks, and an empty block or line is refused', () => {
  expect(PageText.parse({ ...page, blocks: [] }).blocks).toEqual([]);
  expect(() => PageText.parse({ ...page, blocks: [{ quad, lines: [] }] })).toThrow();
  expect(() => PageText.parse({ ...page, blocks: [{ quad, lines: [{ ...line('a'), words: [] }] }] })).toThrow();
});

test('a confidence outside 0..1 or a page without pixels is refused', () => {
  expect(() => PageText.parse({ ...page, blocks: [{ quad, lines: [{ ...line('a'), confidence: 1.1 }] }] })).toThrow();
  expect(() => PageText.parse({ ...page, width: 0 })).toThrow();
});
