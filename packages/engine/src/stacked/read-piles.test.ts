import { expect, test } from '@jest/globals';
import type { Region } from '../geometry/region.ts';
import type { Models, Session, Tensor } from '../models.ts';
import type { Raster } from '../raster.ts';
import { EFFORTS } from '../settings.ts';
import { readPiles } from './read-piles.ts';

const ALPHABET = ['', ...'0123456789C'];
const PAPER: Raster = { width: 100, height: 200, channels: 1, data: new Uint8Array(100 * 200).fill(255) };
const RECOGNISING = { lanes: 1, ...EFFORTS.accurate };
const TITLE: Region = { origin: [2, 2], along: [60, 0], across: [0, 12] };
const DIGITS = Array.from({ length: 8 }, (_, index): Region => {
  return { origin: [70, 50 + index * 13], along: [22, 0], across: [0, 13] };
});

/** Reads the text from every line, a letter in each second step, so surely. */
function modelsThatRead(text: string, probability: number): Models {
  const run = (): Tensor => {
    const data = new Float32Array(2 * text.length * ALPHABET.length);
    [...text].forEach((letter, index) => {
      data[2 * index * ALPHABET.length + ALPHABET.indexOf(letter)] = probability;
      data[(2 * index + 1) * ALPHABET.length] = 1;
    });
    return { data, dims: [1, 2 * text.length, ALPHABET.length] };
  };
  const session: Session = { inputNames: ['x'], outputNames: ['y'], run: async () => ({ y: run() }) };
  const version = { name: 'm', sha256: '1' };
  const versions = { detection: version, orientation: version, recognition: version };
  return { detection: session, orientation: session, recognition: session, alphabet: ALPHABET, versions };
}

test('digits that lie over each other are read as the number that runs down there, and not one by one', async () => {
  const { lines, rest } = await readPiles(modelsThatRead('83635935', 0.98), PAPER, [TITLE, ...DIGITS], RECOGNISING);
  expect(lines.map(({ text }) => text)).toEqual(['83635935']);
  expect(rest).toEqual([TITLE]);
});

test.each([
  ['is not read surely', '83635935', 0.7],
  ['is no number', '8363C935', 0.98],
  ['has fewer digits than pieces', '8363593', 0.98],
])('what %s stays as it was found', async (_, text, probability) => {
  const regions = [TITLE, ...DIGITS];
  const { lines, rest } = await readPiles(modelsThatRead(text, probability), PAPER, regions, RECOGNISING);
  expect([lines, rest]).toEqual([[], regions]);
});
