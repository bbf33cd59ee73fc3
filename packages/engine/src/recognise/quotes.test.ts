import { expect, test } from '@jest/globals';
import type { Tensor } from '../models.ts';
import type { Character } from './decode.ts';
import { areCurled, curled, quotesIn } from './quotes.ts';

/** Small pictures: letters are blocks, marks are strokes of three columns in the upper part of the line. */

const HEIGHT = 48;
/** Columns a time step. */
const STEP = 8;
const LETTER = { advance: 20, from: 2, to: 17, top: 14, bottom: 40 } as const;
const STROKE = { half: 1.5, top: 6, bottom: 17 } as const;
const GAP = 24;
const MARK: Readonly<Record<string, { advance: number; strokes: readonly number[] }>> = {
  "'": { advance: 12, strokes: [6] },
  '"': { advance: 20, strokes: [6, 14] },
};

interface Drawn {
  readonly characters: Character[];
  readonly picture: Tensor;
  readonly steps: number;
}

/** @param lean columns to the right, a row down, of each stroke; as many as there are, or of all */
function draw(text: string, lean: number | readonly number[] = 0, bottom: number = STROKE.bottom): Drawn {
  const advances = [...text].map((one) => (one === ' ' ? GAP : (MARK[one]?.advance ?? LETTER.advance)));
  const width = Math.ceil(advances.reduce((sum, advance) => sum + advance, 0) / STEP) * STEP;
  const data = new Float32Array(3 * HEIGHT * width).fill(1);
  const ink = (column: number, row: number, darkness: number): void => {
    for (let plane = 0; plane < 3; plane += 1) data[(plane * HEIGHT + row) * width + column] = 1 - 2 * darkness;
  };
  const characters: Character[] = [];
  let left = 0;
  let strokes = 0;
  let spaceBefore = 0;
  for (const [index, one] of [...text].entries()) {
    const mark = MARK[one];
    for (const middle of mark?.strokes ?? []) {
      const own = typeof lean === 'number' ? lean : lean[strokes % lean.length]!;
      strokes += 1;
      for (let row = STROKE.top; row <= bottom; row += 1) {
        const centre = left + middle + own * (row - (STROKE.top + STROKE.bottom) / 2);
        for (let column = Math.max(0, left); column < Math.min(width, left + LETTER.advance); column += 1) {
          const covered = Math.min(column + 1, centre + STROKE.half) - Math.max(column, centre - STROKE.half);
          if (covered > 0) ink(column, row, covered);
        }
      }
    }
    if (one !== ' ' && mark === undefined) {
      for (let row = LETTER.top; row <= LETTER.bottom; row += 1)
        for (let column = LETTER.from; column <= LETTER.to; column += 1) ink(left + column, row, 1);
    }
    const step = Math.floor((left + advances[index]! / 2) / STEP);
    if (one !== ' ') characters.push({ text: one, probability: 1, firstStep: step, lastStep: step, spaceBefore });
    spaceBefore = one === ' ' ? 1 : 0;
    left += advances[index]!;
  }
  return { characters, picture: { data, dims: [1, 3, HEIGHT, width] }, steps: width / STEP };
}

function quotesOf({ characters, picture, steps }: Drawn) {
  return quotesIn(characters, () => picture, steps);
}

/** The line with its spaces, its marks curled where its own strokes are. */
function settled(drawn: Drawn): string {
  const quotes = quotesOf(drawn);
  const characters = areCurled(quotes.flatMap(({ leans }) => leans))
    ? curled(drawn.characters, quotes)
    : drawn.characters;
  return characters.map(({ text, spaceBefore }) => (spaceBefore === 1 ? ` ${text}` : text)).join('');
}

test('straight marks stay as they were read', () => {
  expect(settled(draw(`say "hi" and 'ho' to "us"`))).toBe(`say "hi" and 'ho' to "us"`);
  expect(settled(draw(`say "hi" and "ho"`, 0.03))).toBe(`say "hi" and "ho"`);
});

test('marks that lean to either side are curled, and open or close by where they stand', () => {
  expect(settled(draw(`say "hi" and "ho"`, 0.14))).toBe('say “hi” and “ho”');
  expect(settled(draw(`say "hi" and "ho"`, -0.14))).toBe('say “hi” and “ho”');
  expect(settled(draw(`it's 'his' or hers'`, 0.14))).toBe('it’s ‘his’ or hers’');
});

test('a double mark that was read as a single one is double', () => {
  const drawn = draw(`say "hi" and "ho"`, 0.14);
  const characters = drawn.characters.map((one) => (one.text === '"' ? { ...one, text: "'" } : one));
  expect(settled({ ...drawn, characters })).toBe('say “hi” and “ho”');
});

test('strokes give their lean, and marks the number of theirs', () => {
  const quotes = quotesOf(draw(`say "hi' and`, [0.14, 0.1, -0.12]));
  expect(quotes.map(({ index, isDouble, opens }) => [index, isDouble, opens])).toEqual([
    [3, true, true],
    [6, false, false],
  ]);
  const [first, second, third] = quotes.flatMap(({ leans }) => leans);
  expect(first).toBeCloseTo(0.14, 1);
  expect(second).toBeCloseTo(0.1, 1);
  expect(third).toBeCloseTo(-0.12, 1);
});

test('a stroke that goes on below tells nothing of its lean', () => {
  const [quote] = quotesOf(draw(`a"b`, 0.14, 23));
  expect(quote).toMatchObject({ isDouble: true, leans: [] });
});

test('few strokes decide nothing, nor do strokes that lean to both sides', () => {
  expect(areCurled([])).toBe(false);
  expect(areCurled([0.14, 0.14, 0.14])).toBe(false);
  expect(areCurled([0.14, 0.14, 0.14, 0.14])).toBe(true);
  expect(areCurled([-0.14, -0.14, -0.06, -0.14])).toBe(true);
  expect(areCurled([0.14, 0.14, -0.14, -0.14])).toBe(false);
  expect(areCurled([0.06, 0.06, 0.06, 0.06])).toBe(false);
  expect(areCurled([0.14, 0.14, 0.14, 0.01, 0.01])).toBe(false);
});

test('marks beside Han characters are believed as they were read', () => {
  const drawn = draw(`a"b c"d`, 0.14);
  const characters = drawn.characters.map((one) => (one.text === 'b' ? { ...one, text: '票' } : one));
  expect(quotesIn(characters, () => drawn.picture, drawn.steps).map(({ index }) => index)).toEqual([4]);
});

test('double marks hold to what they embrace and stand off from the rest', () => {
  const line = [...`a,"b"c`].map(
    (text, step): Character => ({ text, probability: 1, firstStep: step, lastStep: step, spaceBefore: 0.1 }),
  );
  const quotes = [2, 4].map((index) => ({ index, isDouble: true, opens: index === 2, leans: [] }));
  expect(curled(line, quotes).map(({ text, spaceBefore }) => [text, spaceBefore])).toEqual([
    ['a', 0.1],
    [',', 0.1],
    ['“', 1],
    ['b', 0],
    ['”', 0],
    ['c', 1],
  ]);
});

test('behind a bracket an opening mark keeps its space, and before punctuation a closing one its', () => {
  const line = [...`("b",`].map(
    (text, step): Character => ({ text, probability: 1, firstStep: step, lastStep: step, spaceBefore: 0.1 }),
  );
  const quotes = [1, 3].map((index) => ({ index, isDouble: true, opens: index === 1, leans: [] }));
  expect(curled(line, quotes).map(({ text, spaceBefore }) => [text, spaceBefore])).toEqual([
    ['(', 0.1],
    ['“', 0.1],
    ['b', 0],
    ['”', 0],
    [',', 0.1],
  ]);
});

test('marks at both ends of a line, and alone in it', () => {
  expect(settled(draw(`"say hi" "ho"`, 0.14))).toBe('“say hi” “ho”');
  expect(quotesOf(draw(`"`, 0.14))).toMatchObject([{ index: 0, isDouble: true }]);
});

test('a mark without ink is none, nor is one in a picture without columns', () => {
  const drawn = draw(`a"b`);
  const { dims, data } = drawn.picture;
  expect(quotesOf({ ...drawn, picture: { dims, data: new Float32Array(data.length).fill(1) } })).toEqual([]);
  expect(quotesOf({ ...drawn, picture: { dims: [1, 3, HEIGHT, 0], data: new Float32Array(0) } })).toEqual([]);
  expect(quotesIn([], () => drawn.picture, 0)).toEqual([]);
});

test('a line without marks is not looked at', () => {
  expect(quotesOf(draw('say hi'))).toEqual([]);
});
