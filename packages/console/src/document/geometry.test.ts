import type { PageText, Quad } from '@docusnap/contracts';
import { expect, test } from '@jest/globals';
import { isInside, pathOf, placeAt, quadOf } from './geometry.ts';
import { comparable, countIn, findOn, hitsIn } from './search.ts';
import { extentOf, fromShown, isTurned, toShown, turnOf } from './turn.ts';

const box = (x: number, y: number, width: number, height: number): Quad => [
  [x, y],
  [x + width, y],
  [x + width, y + height],
  [x, y + height],
];

/** Lines of words, each word 10 wide and 10 apart from the next. */
function pageOf(...lines: string[]): PageText {
  return {
    width: 200,
    height: 100,
    source: 'ocr',
    models: null,
    blocks: [
      {
        quad: box(0, 0, 200, 100),
        lines: lines.map((text, row) => ({
          text,
          confidence: 0.9,
          quad: box(0, row * 20, 200, 10),
          words: text.split(' ').map((word, column) => ({
            text: word,
            confidence: 0.9,
            quad: box(column * 20, row * 20, 10, 10),
          })),
        })),
      },
    ],
  };
}

test('a point is found in the word it lies in, else in its line, else nowhere', () => {
  const page = pageOf('one two', 'three');
  expect(placeAt(page, [25, 5])).toEqual({ line: 0, word: 1 });
  expect(placeAt(page, [15, 5])).toEqual({ line: 0, word: null });
  expect(placeAt(page, [5, 25])).toEqual({ line: 1, word: 0 });
  expect(placeAt(page, [5, 15])).toBe(null);
  expect(quadOf(page, { line: 0, word: 1 })).toEqual(box(20, 0, 10, 10));
  expect(quadOf(page, { line: 7, word: null })).toBe(null);
});

test('a point is inside a quad that runs either way round', () => {
  const quad = box(0, 0, 10, 10);
  const other = quad.toReversed() as Quad;
  for (const one of [quad, other]) {
    expect(isInside([5, 5], one)).toBe(true);
    expect(isInside([11, 5], one)).toBe(false);
  }
  expect(pathOf([quad])).toBe('M0 0L10 0L10 10L0 10Z');
});

test('a search finds what runs over the end of a line, has other spaces or another width, and counts it alike in plain text', () => {
  const page = pageOf('Total docu-', 'ment AMOUNT', '发 票 号');
  expect(findOn(page, 'document amount')).toEqual([
    [
      { line: 0, word: 1 },
      { line: 1, word: 0 },
      { line: 1, word: 1 },
    ],
  ]);
  expect(findOn(page, '发票')).toHaveLength(1);
  expect(findOn(page, ' ')).toEqual([]);
  expect(countIn(comparable('Total document amount\n发票号'), 'Document')).toBe(1);
  expect(countIn(comparable('ＡＢ ab'), 'ab')).toBe(2);
  const pages = new Map([
    [2, comparable('ab ab')],
    [1, comparable('ab')],
  ]);
  expect(hitsIn(pages, 'AB')).toEqual([
    { page: 1, index: 0 },
    { page: 2, index: 0 },
    { page: 2, index: 1 },
  ]);
});

test('a page is set upright by the angle of its print, and what is pointed at is found where it is shown', () => {
  expect([isTurned(undefined), isTurned(0.1), isTurned(359.9), isTurned(90), isTurned(2)]).toEqual([
    false,
    false,
    false,
    true,
    true,
  ]);
  expect(turnOf(90, { straight: true, quarters: 0 })).toBe(270);
  expect(turnOf(90, { straight: false, quarters: 1 })).toBe(90);
  expect(turnOf(undefined, { straight: true, quarters: 5 })).toBe(90);
  const view = { width: 200, height: 100, turn: 90 };
  const { width, height } = extentOf(view);
  expect([Math.round(width), Math.round(height)]).toEqual([100, 200]);
  // The upper left corner comes to the upper right.
  const [x, y] = toShown([0, 0], view);
  expect([x, y]).toEqual([expect.closeTo(1), expect.closeTo(0)]);
  const back = fromShown([x * width, y * height], view);
  expect(back).toEqual([expect.closeTo(0), expect.closeTo(0)]);
});
