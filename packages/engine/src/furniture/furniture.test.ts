import type { Line, Quad } from '@docusnap/contracts';
import { expect, test } from '@jest/globals';
import { findRulings } from '../rulings/rulings.ts';
import { findFurniture } from './furniture.ts';
import { blankPaper, type Paper } from './paper.fixture.ts';

/** A line of print 20 pixels high whose words stand where they are said to. */
function line(...words: readonly [text: string, x: number, y: number, width: number][]): Line {
  const placed = words.map(([text, x, y, width]) => ({ text, quad: box(x, y, x + width, y + 20), confidence: 0.95 }));
  const [first, last] = [placed[0]!.quad, placed[placed.length - 1]!.quad];
  return {
    text: placed.map(({ text }) => text).join(' '),
    quad: [first[0], last[1], last[2], first[3]],
    confidence: 0.95,
    words: placed,
  };
}

function box(left: number, top: number, right: number, bottom: number): Quad {
  return [
    [left, top],
    [right, top],
    [right, bottom],
    [left, bottom],
  ];
}

function find({ page }: Paper, lines: readonly Line[], angle = 0) {
  return findFurniture(page, { lines, rulings: findRulings(page), angle });
}

/** Where boxes begin, and whether they are ticked. */
function boxesOf(paper: Paper, lines: readonly Line[], angle = 0) {
  return find(paper, lines, angle).checkboxes.map(({ quad, checked }) => ({ at: quad[0].map(Math.round), checked }));
}

test('a page without print and strokes has no furniture', () => {
  expect(find(blankPaper(), [])).toEqual({ checkboxes: [], blanks: [] });
});

test('an empty box is not checked, and its corners are those of its outline', () => {
  const paper = blankPaper().square(60, 100, 20);
  const { checkboxes } = find(paper, [line(['Yes', 90, 100, 30])]);
  expect(checkboxes).toHaveLength(1);
  expect(checkboxes[0]!.checked).toBe(false);
  for (const [index, corner] of box(60, 100, 80, 120).entries()) {
    for (const axis of [0, 1] as const)
      expect(Math.abs(checkboxes[0]!.quad[index]![axis] - corner[axis])).toBeLessThanOrEqual(1);
  }
  expect(checkboxes[0]!.score).toBeGreaterThan(0.9);
});

test.each([
  ['a cross', (paper: Paper) => paper.stroke(64, 104, 76, 116, 2).stroke(76, 104, 64, 116, 2)],
  ['a tick', (paper: Paper) => paper.stroke(64, 110, 69, 116, 2).stroke(69, 116, 76, 105, 2)],
  ['a tick that runs out', (paper: Paper) => paper.stroke(63, 110, 69, 116, 2).stroke(69, 116, 86, 92, 2)],
  ['a dot', (paper: Paper) => paper.fill(66, 106, 74, 114)],
  [
    'a scribble',
    (paper: Paper) => paper.stroke(63, 105, 77, 108, 2).stroke(77, 108, 63, 112, 2).stroke(63, 112, 77, 116, 2),
  ],
])('a box with %s in it is checked', (_, mark) => {
  const paper = mark(blankPaper().square(60, 100, 20));
  expect(boxesOf(paper, [line(['Yes', 96, 100, 30])])).toEqual([{ at: [60, 100], checked: true }]);
});

test('a filled square is a checked box among boxes, and nothing where it is alone', () => {
  const filled = blankPaper().fill(60, 100, 80, 120);
  expect(boxesOf(filled, [line(['Yes', 90, 100, 30])])).toEqual([]);
  const among = blankPaper().fill(60, 100, 80, 120).square(60, 150, 20);
  expect(boxesOf(among, [line(['Yes', 90, 100, 30]), line(['No', 90, 150, 30])])).toEqual([
    { at: [60, 100], checked: true },
    { at: [60, 150], checked: false },
  ]);
});

test('a box whose outline is broken is found', () => {
  const paper = blankPaper().square(60, 100, 20).erase(66, 98, 69, 104);
  expect(boxesOf(paper, [line(['Yes', 90, 100, 30])])).toEqual([{ at: [60, 100], checked: false }]);
});

test('round buttons are found in groups, a lone ring is a letter', () => {
  const lines = [line(['Yes', 92, 100, 30]), line(['No', 92, 150, 30])];
  const two = blankPaper().ring(70, 110, 11).ring(70, 160, 11).disc(70, 160, 6);
  expect(boxesOf(two, lines).map(({ checked }) => checked)).toEqual([false, true]);
  expect(boxesOf(blankPaper().ring(70, 110, 11), lines)).toEqual([]);
});

test('round buttons drawn a pixel off are found, with a speck beside them, and an empty one is not checked', () => {
  const lines = [line(['Yes', 92, 100, 30]), line(['No', 92, 150, 30])];
  const paper = blankPaper().ring(70.5, 110, 9).ring(70, 160.5, 9).fill(57, 109, 58, 111).fill(82, 158, 83, 160);
  expect(boxesOf(paper, lines).map(({ checked }) => checked)).toEqual([false, false]);
});

test('zeros that are taller than wide are no buttons, and letters of a word that was surely read are no boxes', () => {
  const oval = (paper: Paper, x: number) =>
    paper
      .ring(x, 107, 7)
      .ring(x, 113, 7)
      .erase(x - 4, 104, x + 4, 116);
  const zeros = oval(oval(blankPaper(), 70), 120);
  expect(boxesOf(zeros, [line(['0', 60, 100, 20]), line(['0', 110, 100, 20])])).toEqual([]);
  const inWord = blankPaper().square(90, 101, 16);
  expect(boxesOf(inWord, [line(['A0B1', 66, 100, 66])])).toEqual([]);
});

test('a small box with its label close beside it is found', () => {
  const paper = blankPaper().square(60, 104, 12);
  for (const x of [76, 84, 92]) paper.fill(x, 104, x + 5, 116);
  expect(boxesOf(paper, [line(['Yes', 76, 100, 24])])).toEqual([{ at: [60, 104], checked: false }]);
});

test('a box close above the stroke of a row is found as high as it is', () => {
  const paper = blankPaper().square(60, 100, 24).fill(40, 127, 300, 129);
  const { checkboxes } = find(paper, [line(['Yes', 100, 100, 30])]);
  expect(checkboxes).toHaveLength(1);
  expect(Math.abs(checkboxes[0]!.quad[2][1] - 124)).toBeLessThanOrEqual(1);
});

test('letters like boxes in a word of Han characters are none, an empty box before them is one', () => {
  // As the recogniser reads it: the box as a character of the word.
  const word = line(['口是日期', 60, 100, 100]);
  const inWord = blankPaper().square(62, 101, 18).square(112, 101, 18).fill(112, 109, 130, 111);
  const letters = inWord.stroke(88, 102, 104, 118, 3).stroke(104, 102, 88, 118, 3).stroke(137, 110, 155, 110, 3);
  expect(boxesOf(letters, [word]).map(({ at }) => at)).toEqual([[62, 101]]);
  const inside = blankPaper().fill(62, 101, 80, 119).square(85, 101, 18).fill(108, 101, 126, 119);
  expect(boxesOf(inside, [line(['人口普', 60, 100, 70])])).toEqual([]);
});

test('cells of a table and the corner marks of a QR code are no boxes to tick', () => {
  const grid = blankPaper();
  for (let i = 0; i <= 4; i += 1)
    grid.fill(60, 100 + i * 24, 158, 102 + i * 24).fill(60 + i * 24, 100, 62 + i * 24, 198);
  expect(boxesOf(grid, [line(['Rows', 200, 100, 50])])).toEqual([]);
  const code = blankPaper().fill(100, 100, 128, 128).erase(104, 104, 124, 124).fill(108, 108, 120, 120);
  for (let i = 0; i < 40; i += 1)
    code
      .fill(132 + (i % 8) * 8, 100 + Math.floor(i / 8) * 8, 136 + (i % 8) * 8, 104 + Math.floor(i / 8) * 8)
      .fill(100 + (i % 8) * 8, 132 + Math.floor(i / 8) * 6, 106 + (i % 8) * 8, 136 + Math.floor(i / 8) * 6);
  expect(boxesOf(code, [line(['Scan', 200, 100, 50])])).toEqual([]);
});

test.each([90, 180, 270])(
  'boxes of a page that is turned by %i degrees lie where they are, checked as they were',
  (angle) => {
    const upright = blankPaper().square(60, 100, 20).square(60, 150, 20).fill(66, 156, 74, 164);
    const { page, turn } = upright.turned(angle / 90);
    const lines = [line(['Yes', 90, 100, 30]), line(['No', 90, 150, 30])].map((one) => turnedLine(one, turn));
    const found = findFurniture(page, { lines, rulings: findRulings(page), angle }).checkboxes;
    expect(found.map(({ checked }) => checked)).toEqual([false, true]);
    const [x, y] = turn([60, 100]);
    expect(Math.abs(found[0]!.quad[0][0] - x)).toBeLessThanOrEqual(1.5);
    expect(Math.abs(found[0]!.quad[0][1] - y)).toBeLessThanOrEqual(1.5);
  },
);

function turnedLine(one: Line, turn: (point: [number, number]) => [number, number]): Line {
  const quadOf = ([a, b, c, d]: Quad): Quad => [turn(a), turn(b), turn(c), turn(d)];
  return { ...one, quad: quadOf(one.quad), words: one.words.map((word) => ({ ...word, quad: quadOf(word.quad) })) };
}

test('a stroke beside a label is a place to write on, one under print is not', () => {
  const paper = blankPaper().fill(150, 118, 380, 120).fill(60, 222, 180, 224);
  for (let x = 62; x < 178; x += 8) paper.fill(x, 204, x + 4, 218);
  const { blanks } = find(paper, [line(['Name:', 60, 100, 80]), line(['Heading', 60, 202, 120])]);
  expect(blanks.map(({ kind }) => kind)).toEqual(['line']);
  const [, , [right, foot]] = blanks[0]!.quad;
  expect(Math.abs(right - 380)).toBeLessThan(6);
  expect(Math.abs(foot - 119)).toBeLessThan(3);
});

test('a rule across the page is no place to write on; several are', () => {
  const lines = [line(['Remarks', 60, 60, 80], ['end', 500, 60, 40])];
  expect(find(blankPaper().fill(60, 130, 540, 132), lines).blanks).toEqual([]);
  const ruled = blankPaper().fill(60, 130, 540, 132).fill(60, 170, 540, 172).fill(60, 210, 540, 212);
  expect(find(ruled, lines).blanks).toHaveLength(3);
});

test('an empty box is a place to write in, one with print is not', () => {
  const paper = blankPaper().frame(150, 100, 350, 150, 2).frame(150, 200, 350, 250, 2);
  const lines = [line(['Name', 60, 110, 60]), line(['Town', 60, 210, 60], ['Bodo', 200, 215, 60])];
  const { blanks } = find(paper.fill(205, 218, 255, 232), lines);
  expect(blanks.map(({ kind, quad }) => [kind, Math.round(quad[0][1] / 10) * 10])).toEqual([['box', 100]]);
});

test('rows of underscores are places to write on, dots that lead to a page number are not', () => {
  const lines = [
    line(['Date:', 60, 100, 50], ['________', 120, 100, 100]),
    line(['Contents', 60, 150, 80], ['............', 150, 150, 100], ['12', 260, 150, 20]),
  ];
  const { blanks } = find(blankPaper(), lines);
  expect(blanks).toHaveLength(1);
  expect(blanks[0]!.quad[0][0]).toBeCloseTo(120, 0);
});
