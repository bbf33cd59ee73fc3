import { expect, test } from '@jest/globals';
import type { Region } from '../geometry/region.ts';
import type { Models, Session, Tensor } from '../models.ts';
import type { Candidate } from '../orient/orient.ts';
import type { Raster } from '../raster.ts';
import { EFFORTS } from '../settings.ts';
import { recognise } from './recognise.ts';

const ALPHABET = ['', ...'abcdefghijklmnopqrstuvwxyz中', ' '];
const VERSION = { name: 'm', sha256: '1' };
const GAP = 10;
const STEP = 8;

/** A line of a page: bars of one grey, by which the recogniser knows it. */
interface Drawn {
  readonly height: number;
  readonly length: number;
  /** What is read, and the second time where that is something else, ... */
  readonly text: string;
  readonly second?: string;
  /** ... how surely, at each reading, ... */
  readonly sure?: readonly number[];
  /** ... its letters so many steps apart where it has its own shape. */
  readonly apart: number;
  /** Whether it stands on dots. */
  readonly dotted?: boolean;
}

const DOTS_APART = 5;

/**
 * Reads lines below each other; gives their texts and of each of their pictures the width, of what it is in the line's own shape, and whether it shows
 * dots.
 */
async function readLines(lines: readonly Drawn[], { lanes = 1, setting = 'accurate' as 'accurate' | 'fast' } = {}) {
  const width = Math.max(...lines.map(({ length }) => length)) + 2 * GAP;
  const height = lines.reduce((sum, line) => sum + line.height + GAP, GAP);
  const data = new Uint8Array(width * height).fill(255);
  let top = GAP;
  const candidates = lines.map((line, index): Candidate => {
    for (let row = top; row < top + line.height; row += 1) {
      data.fill(20 + index * 10, row * width, (row + 1) * width);
      for (let at = 0; line.dotted && row % DOTS_APART === 0 && at < width; at += DOTS_APART)
        data[row * width + at] = 0;
    }
    const region: Region = { origin: [GAP, top], along: [line.length, 0], across: [0, line.height] };
    top += line.height + GAP;
    return { ways: [region] };
  });
  const page: Raster = { width, height, channels: 1, data };
  const aspects: number[][] = lines.map(() => []);
  const dots: boolean[][] = lines.map(() => []);
  const run = async (picture: Tensor): Promise<Tensor> => {
    const [, , rows = 0, columns = 0] = picture.dims;
    const greys = picture.data.slice(0, rows * columns).sort();
    const grey = ((greys[greys.length >> 1]! + 1) / 2) * 255;
    const index = Math.round((grey - 20) / 10);
    const line = lines[index]!;
    const aspect = (columns * line.height) / (rows * line.length);
    const time = aspects[index]!.length;
    aspects[index]!.push(aspect);
    dots[index]!.push(Math.min(...greys) < greys[greys.length >> 1]! - 0.1);
    // Others are read meanwhile.
    for (let turns = index % 3; turns > 0; turns -= 1) await Promise.resolve();
    const text = (time > 0 && line.second) || line.text;
    return outputOf({ ...line, text }, { aspect, sure: line.sure?.[time] ?? 0.99 });
  };
  const recognition: Session = {
    inputNames: ['x'],
    outputNames: ['y'],
    run: async ({ x }) => ({ y: await run(x as Tensor) }),
  };
  const versions = { detection: VERSION, orientation: VERSION, recognition: VERSION };
  const models: Models = {
    detection: recognition,
    orientation: recognition,
    recognition,
    alphabet: ALPHABET,
    versions,
  };
  const read = await recognise(models, page, candidates, { lanes, ...EFFORTS[setting] });
  return { texts: read.map(({ text }) => text), quads: read.map(({ quad }) => quad), aspects, dots };
}

function outputOf({ text, apart }: Drawn, { aspect, sure }: { aspect: number; sure: number }): Tensor {
  const steps = Math.ceil(text.length * apart * aspect) + STEP;
  const data = new Float32Array(steps * ALPHABET.length);
  for (let step = 0; step < steps; step += 1) data[step * ALPHABET.length] = 1;
  [...text].forEach((letter, index) => {
    const row = Math.round(index * apart * aspect) * ALPHABET.length;
    data[row] = 1 - sure;
    data[row + ALPHABET.indexOf(letter)] = sure;
  });
  return { data, dims: [1, steps, ALPHABET.length] };
}

const WIDE = { height: 40, length: 800, apart: 4 };
const NARROW = { height: 24, length: 600, apart: 2.2 };

/** Wide and narrow print in turn, the longest line last. */
const PAGE: readonly Drawn[] = [
  { ...WIDE, length: 500, text: 'abcdefgh' },
  { ...NARROW, length: 500, text: 'bcdefghijk' },
  { ...WIDE, length: 600, text: 'cdefghijk' },
  { ...NARROW, text: 'defghijklm' },
  { ...WIDE, length: 700, text: 'efghijklm' },
  { ...NARROW, length: 400, text: 'fghijklmn' },
  { ...WIDE, length: 800, text: 'ghijklmnop' },
];

test('each line is as narrow as lines of its height told, and lines come in the order they were given in', async () => {
  const { texts, aspects } = await readLines(PAGE);
  expect(texts).toEqual(PAGE.map(({ text }) => text));
  const [wide, narrow, , first, , alike, longest] = aspects.map(([aspect]) => aspect);
  // The longest is read as it is, and tells the longest of the other height.
  expect(longest).toBeCloseTo(1, 1);
  expect(first).toBeCloseTo(0.6, 1);
  // That one found out that its letters need more.
  for (const aspect of [narrow, alike]) expect(aspect).toBeCloseTo(1, 1);
  expect(wide).toBeCloseTo(0.6, 1);
});

test('however many lines are read at once, all are read alike', async () => {
  const one = await readLines(PAGE);
  for (const lanes of [2, 3, 32]) expect(await readLines(PAGE, { lanes })).toEqual(one);
});

test('"fast" makes lines narrower', async () => {
  const page = [640, 620, 600, 580].map((length) => ({ height: 40, length, apart: 2.75, text: 'abcdefghij' }));
  const [accurate, fast] = [await readLines(page), await readLines(page, { setting: 'fast' })];
  expect([accurate.aspects[0]![0], accurate.aspects[3]![0]]).toEqual([expect.closeTo(1, 1), expect.closeTo(0.8, 1)]);
  expect([fast.aspects[0]![0], fast.aspects[3]![0]]).toEqual([expect.closeTo(0.82, 1), expect.closeTo(0.65, 1)]);
});

test('a line that turns out crowded is read again in its own shape at least, unless it was read surely enough', async () => {
  const page = [
    ...[800, 790, 780].map((length) => ({ ...WIDE, length, text: 'abcdefgh' })),
    { height: 40, length: 700, apart: 1.5, text: 'bcdefghij', sure: [0.9, 0.97] },
  ];
  const accurate = await readLines(page);
  expect(accurate.aspects[3]).toEqual([expect.closeTo(0.6, 1), expect.closeTo(1, 1)]);
  expect((await readLines(page, { setting: 'fast' })).aspects[3]).toHaveLength(1);
});

test('a line on dots that was read unsurely is read again without them, and counts so where that is sure', async () => {
  const line = { height: 40, length: 700, apart: 4, text: 'abc', second: 'abd', dotted: true };
  const page = [
    { ...WIDE, text: 'abcdefgh' },
    { ...WIDE, text: 'abcdefgh' },
    { ...WIDE, text: 'abcdefgh' },
    { ...line, sure: [0.7, 0.9] },
    { ...line, sure: [0.7, 0.8] },
    { ...line, sure: [0.96] },
    { ...line, dotted: false, sure: [0.7] },
  ];
  const { texts, dots } = await readLines(page);
  expect(texts.slice(3)).toEqual(['abd', 'abc', 'abc', 'abc']);
  expect(dots.slice(3)).toEqual([[true, false], [true, false], [true], [false]]);
});

test('lines of Han characters get room at their ends, once a line has shown that they are', async () => {
  const page = [800, 700, 600, 500].map((length) => ({ height: 40, length, apart: 6, text: '中a中b中' }));
  const { quads } = await readLines(page);
  const lefts = quads.map(([[left]]) => left);
  expect(lefts[0]).toBeCloseTo(GAP, 0);
  for (const left of lefts.slice(1)) expect(left).toBeCloseTo(GAP - 4, 0);
});

test('a page without lines has no text', async () => {
  const empty: Raster = { width: 10, height: 10, channels: 1, data: new Uint8Array(100) };
  const session: Session = { inputNames: ['x'], outputNames: ['y'], run: async () => ({}) };
  const versions = { detection: VERSION, orientation: VERSION, recognition: VERSION };
  const models = { detection: session, orientation: session, recognition: session, alphabet: ALPHABET, versions };
  expect(await recognise(models, empty, [], { lanes: 2, ...EFFORTS.accurate })).toEqual([]);
});
