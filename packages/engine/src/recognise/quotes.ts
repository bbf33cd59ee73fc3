import type { Tensor } from '../models.ts';
import type { Character } from './decode.ts';

/**
 * What the recogniser reads where a quotation mark or an apostrophe stands. It seldom sees that one is curled, or double; its ink shows it. Where it
 * does see it, and beside characters as wide as Han ones, whose marks are, it is believed.
 */
const QUOTE = /["'‘’′´`]/;
const WIDE = /[\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uffef]/;

/** A mark's ink lies in the upper part of the line: so much of it, and what is below may be this part of it. */
const UPPER = 0.5;
const MOST_BELOW = 0.25;
/** Darker than paper by this, of the way from black to white, is ink; the paper is as light as the lightest fifth. */
const LEAST_INK = 0.12;
const PAPER = 0.8;
/** One pixel of so many tells how light the paper is. */
const SAMPLED = 7;
/** Sum of ink over a column, and over a row, that belongs to a mark. */
const COLUMN_INK = 0.3;
const ROW_INK = 0.1;
/** Columns around a mark's step in which its strokes are looked for, and those in which the ink beside it is. */
const REACH = 20;
const MOST_ROOM = 40;
/** Rows of 48 that a stroke is high at least, and by which two of one mark may differ. */
const LEAST_HEIGHT = 7;
const MOST_UNLIKE = 4;
/** An opening mark stands so much nearer to what follows it. */
const NEARER = 1.5;
const AIR = 2;

/**
 * A page prints its quotation marks in one way. They are curled where its strokes lean by so much on the whole, columns a row, and so many of them at
 * least a little in the same direction. Straight strokes of letters, forms and receipts: .00 to .06; curled ones .10 to .15, to either side.
 */
const LEAN = 0.07;
const LEAST_LEAN = 0.05;
const LEAST_STROKES = 4;
const LEAST_ALIKE = 0.75;

/** A quotation mark or an apostrophe of a line, as its ink shows it. */
export interface Quote {
  /** Of its character. */
  readonly index: number;
  readonly isDouble: boolean;
  readonly opens: boolean;
  /** By how many columns each of its strokes leans to the right, a row down. */
  readonly leans: readonly number[];
}

interface Stroke {
  readonly from: number;
  readonly to: number;
  readonly top: number;
  readonly bottom: number;
  readonly lean: number;
}

/**
 * @param draw asked, where there are such characters, for the line as the recogniser's input, [1, 3, 48, W], -1..1, dark on light, in its own shape
 * @param steps time steps of the output that the characters were seen in
 */
export function quotesIn(characters: readonly Character[], draw: () => Tensor, steps: number): Quote[] {
  if (!characters.some(({ text }) => QUOTE.test(text))) return [];
  const ink = inkOf(draw());
  const scale = ink.width / steps;
  const middle = ({ firstStep, lastStep }: Character): number => ((firstStep + lastStep + 1) / 2) * scale;
  return characters.flatMap((character, index): Quote[] => {
    const [before, after] = [characters[index - 1], characters[index + 1]];
    if (!QUOTE.test(character.text) || [before, after].some((other) => other && WIDE.test(other.text))) return [];
    const at = middle(character);
    const from = Math.max(0, at - REACH, before ? (middle(before) + at) / 2 : 0);
    const to = Math.min(ink.width - 1, at + REACH, after ? (middle(after) + at) / 2 : ink.width);
    const strokes = strokesOf(ink, Math.ceil(from), Math.floor(to));
    const [first, last] = [strokes[0], strokes[strokes.length - 1]];
    if (first === undefined || last === undefined || strokes.length > 2) return [];
    const [roomBefore, roomAfter] = [roomBeside(ink, first.from, -1), roomBeside(ink, last.to, 1)];
    return [
      {
        index,
        isDouble: strokes.length === 2,
        opens: roomBefore > NEARER * roomAfter + AIR,
        // A stroke that goes on below is cut, or is a letter's.
        leans: strokes.filter(({ bottom }) => bottom + 1 < UPPER * ink.height).map(({ lean }) => lean),
      },
    ];
  });
}

/** Whether the strokes of a page's marks are curled. */
export function areCurled(leans: readonly number[]): boolean {
  const sorted = [...leans].sort((a, b) => a - b);
  const middle = sorted[sorted.length >> 1] ?? 0;
  const alike = leans.filter((lean) => lean * Math.sign(middle) >= LEAST_LEAN);
  return leans.length >= LEAST_STROKES && Math.abs(middle) >= LEAN && alike.length >= LEAST_ALIKE * leans.length;
}

/** The characters with their marks curled; double ones hold to what they embrace, and stand off from the rest. */
export function curled(characters: readonly Character[], quotes: readonly Quote[]): Character[] {
  const settled = [...characters];
  for (const { index, isDouble, opens } of quotes) {
    const [mark, next] = [settled[index]!, settled[index + 1]];
    if (!isDouble) {
      settled[index] = { ...mark, text: opens ? '‘' : '’' };
    } else if (opens) {
      const spaceBefore = /[\p{L}\p{N}.,;:]$/u.test(settled[index - 1]?.text ?? '') ? 1 : mark.spaceBefore;
      settled[index] = { ...mark, text: '“', spaceBefore };
      if (next) settled[index + 1] = { ...next, spaceBefore: 0 };
    } else {
      settled[index] = { ...mark, text: '”', spaceBefore: 0 };
      if (next && /^[\p{L}\p{N}]/u.test(next.text)) settled[index + 1] = { ...next, spaceBefore: 1 };
    }
  }
  return settled;
}

interface Ink {
  readonly width: number;
  readonly height: number;
  /** Darkness of a pixel, 0 where there is only paper. */
  at(column: number, row: number): number;
  /** Of each column, in the upper part and below it. */
  readonly above: Float64Array;
  readonly below: Float64Array;
}

function inkOf({ data, dims }: Tensor): Ink {
  const [, , height = 0, width = 0] = dims;
  const plane = width * height;
  const light = (at: number): number => ((data[at]! + data[at + plane]! + data[at + 2 * plane]!) / 3 + 1) / 2;
  const sample = Float64Array.from({ length: Math.ceil(plane / SAMPLED) }, (_, index) => light(index * SAMPLED)).sort();
  const paper = sample[Math.floor(PAPER * sample.length)] ?? 1;
  const at = (column: number, row: number): number => {
    const dark = paper - light(row * width + column);
    return dark > LEAST_INK ? dark : 0;
  };
  const [above, below] = [new Float64Array(width), new Float64Array(width)];
  for (let row = 0; row < height; row += 1) {
    const part = row < UPPER * height ? above : below;
    for (let column = 0; column < width; column += 1) part[column]! += at(column, row);
  }
  return { width, height, at, above, below };
}

/** Stretches of columns with ink above and none below; those of a mark are alike in height and place. */
function strokesOf(ink: Ink, from: number, to: number): Stroke[] {
  const strokes: Stroke[] = [];
  let begin: number | undefined;
  for (let column = from; column <= to + 1; column += 1) {
    if (column <= to && isOfMark(ink, column)) begin ??= column;
    else if (begin !== undefined) {
      const stroke = strokeOf(ink, begin, column - 1);
      if (stroke) strokes.push(stroke);
      begin = undefined;
    }
  }
  const tallest = Math.max(...strokes.map(({ top, bottom }) => bottom - top));
  const widest = Math.max(...strokes.map(widthOf));
  return strokes.filter(
    (stroke) => tallest - (stroke.bottom - stroke.top) <= MOST_UNLIKE && 2 * widthOf(stroke) >= widest,
  );
}

function widthOf({ from, to }: Stroke): number {
  return to - from + 1;
}

function isOfMark({ above, below }: Ink, column: number): boolean {
  return above[column]! > COLUMN_INK && below[column]! < MOST_BELOW * above[column]!;
}

function strokeOf({ height, at }: Ink, from: number, to: number): Stroke | undefined {
  const rows: { row: number; mass: number; centre: number }[] = [];
  for (let row = 0; row < UPPER * height; row += 1) {
    let [mass, moment] = [0, 0];
    for (let column = from; column <= to; column += 1) {
      mass += at(column, row);
      moment += column * at(column, row);
    }
    if (mass > ROW_INK) rows.push({ row, mass, centre: moment / mass });
  }
  const [top, bottom] = [rows[0]?.row ?? 0, rows[rows.length - 1]?.row ?? 0];
  if (bottom - top < LEAST_HEIGHT) return undefined;
  const mean = (of: (one: (typeof rows)[number]) => number): number =>
    rows.reduce((sum, one) => sum + one.mass * of(one), 0) / rows.reduce((sum, { mass }) => sum + mass, 0);
  const [row, centre] = [mean((one) => one.row), mean((one) => one.centre)];
  const spread = mean((one) => (one.row - row) ** 2);
  return { from, to, top, bottom, lean: mean((one) => (one.row - row) * (one.centre - centre)) / spread };
}

/** Columns without ink beside a mark. */
function roomBeside(ink: Ink, from: number, direction: 1 | -1): number {
  let room = 0;
  let edge = from;
  // The rest of a stroke that goes on beyond where it was looked for.
  while (edge > 0 && edge < ink.width - 1 && isOfMark(ink, edge + direction)) edge += direction;
  for (let column = edge + direction; column >= 0 && column < ink.width && room < MOST_ROOM; column += direction) {
    if (ink.above[column]! + ink.below[column]! > COLUMN_INK) return room;
    room += 1;
  }
  return MOST_ROOM;
}
