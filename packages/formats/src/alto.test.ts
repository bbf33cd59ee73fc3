import { faultsOfXml, unescapeXml } from '@docusnap/testing';
import { expect, test } from '@jest/globals';
import { formatAlto } from './alto.ts';
import type { Leaf } from './leaves.ts';
import { column, failedPage, HOSTILE, leaf, leaves, lineAt, pageOf, textOf, turned, wordsOf } from './test-pages.ts';

const faultsOf = (xml: string) => faultsOfXml(xml, new URL('./fixtures/alto-profile.xsd', import.meta.url));
const page = pageOf([
  column(['The quick brown fox jumps over the lazy dog and then it runs', 'back again.']),
  [lineAt({ text: '中文', x: 100, y: 400 })],
]);
const altoOf = (...all: readonly Leaf[]): Promise<string> => textOf(formatAlto('a & b', leaves(...all)));
const contents = (alto: string): string[] =>
  [...alto.matchAll(/<String ID="[^"]+" CONTENT="([^"]*)"/g)].map(([, text = '']) => unescapeXml(text));

test('it is valid ALTO 4.4, and holds every word in order with its box and confidence', async () => {
  const alto = await altoOf(leaf(1, page), leaf(2, pageOf([])));
  expect(await faultsOf(alto)).toEqual([]);
  expect(contents(alto)).toEqual(wordsOf(page));
  expect(alto).toContain('CONTENT="The" HPOS="100" VPOS="100" WIDTH="30" HEIGHT="20" WC="0.99"/>');
  expect(alto).toContain('BASELINE="100,116 700,116"');
  expect(alto).not.toContain('Shape');
});

test.each([2, 90, 180, 270])('the quads of a page turned by %i degrees come back from its shapes', async (degrees) => {
  const other = turned(page, degrees, [900, 900]);
  const alto = await altoOf(leaf(1, other));
  expect(await faultsOf(alto)).toEqual([]);
  const shapes = [...alto.matchAll(/<String[^>]*><Shape><Polygon POINTS="([^"]+)"/g)].map(([, points = '']) =>
    points.split(/[ ,]/).map(Number),
  );
  const quads = other.blocks.flatMap(({ lines }) => lines.flatMap(({ words }) => words.map(({ quad }) => quad.flat())));
  expect(shapes).toHaveLength(degrees === 2 ? shapes.length : quads.length);
  if (degrees !== 2)
    for (const [index, quad] of quads.entries()) {
      for (const [at, value] of quad.entries()) expect(shapes[index]![at]).toBeCloseTo(value, 1);
    }
  // Against the clock, between half a turn either way.
  expect(Number(/ROTATION="([^"]+)"/.exec(alto)?.[1])).toBeCloseTo(degrees === 270 ? 90 : -degrees, 1);
});

test('markup, controls and halves of characters never break the XML', async () => {
  const line = lineAt({ text: 'x', x: 0, y: 0 });
  const hostile = pageOf([[{ ...line, words: [{ ...line.words[0]!, text: HOSTILE }] }]]);
  const alto = await textOf(formatAlto(HOSTILE, leaves(leaf(1, hostile))));
  expect(await faultsOf(alto)).toEqual([]);
  expect(contents(alto)[0]).toMatch(/^a&b <c> "d" 'e' \]\]> --> &amp; .* 中文 😀$/);
});

test('what was not read is a missing page with the reason, and a document without pages is valid too', async () => {
  const file = { kind: 'failed file', number: 3, page: null, reason: 'file 3, a.png: file_truncated' } as const;
  const alto = await altoOf(failedPage(1, 'page_timeout'), file);
  expect(await faultsOf(alto)).toEqual([]);
  expect(alto).toContain('PHYSICAL_IMG_NR="1" QUALITY="Missing" QUALITY_DETAIL="page 1: page_timeout"/>');
  expect(alto).toContain('PHYSICAL_IMG_NR="0" QUALITY="Missing" QUALITY_DETAIL="file 3, a.png: file_truncated"/>');
  expect(await faultsOf(await altoOf())).toEqual([]);
});

test('the schema of the tests refuses what ALTO forbids', async () => {
  const alto = await altoOf(leaf(1, page));
  for (const broken of [
    alto.replace('WC="0.99"', 'WC="99"'),
    alto.replace(/ CONTENT="The"/, ''),
    alto.replace('<SP/>', '<SP/><SP/>'),
  ]) {
    expect(await faultsOf(broken)).not.toEqual([]);
  }
});
