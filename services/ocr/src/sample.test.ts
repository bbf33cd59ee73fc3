import { readFile } from 'node:fs/promises';
import { linesOf, PageText } from '@docusnap/contracts';
import { readPage } from '@docusnap/engine';
import { expect, test } from '@jest/globals';
import { decodeFrame } from './decode/decode-frame.ts';
import { loadModels } from './models/load.ts';

const sample = new URL('../../../deploy/embedded/sample/', import.meta.url);

/** The least number of characters to insert, delete or exchange (Levenshtein). */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)));
    }
    row = next;
  }
  return row[b.length]!;
}

function lettersOf(text: string): string {
  return text.replace(/[^\p{L}\p{N}]/gu, '');
}

test('the shipped sample is read: every known line, case and digits exact, at most 2 % of its characters wrong', async () => {
  const { models } = await loadModels();
  const raster = await decodeFrame(await readFile(new URL('invoice.jpg', sample)), 0, { maxPixels: 100_000_000 });
  const page = await readPage(models, raster);
  expect(PageText.parse(page)).toEqual(page);

  const known = (await readFile(new URL('invoice.txt', sample), 'utf8')).trimEnd().split('\n');
  const read = linesOf(page).map((line) => line.text);
  expect(read.map(lettersOf)).toEqual(known.map(lettersOf));
  const [text, truth] = [read.join('\n'), known.join('\n')];
  expect(editDistance(text, truth) / truth.length).toBeLessThanOrEqual(0.02);
});
