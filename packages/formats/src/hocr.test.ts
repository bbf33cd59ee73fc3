import { faultsOfXml, unescapeXml } from '@docusnap/testing';
import { expect, test } from '@jest/globals';
import { formatHocr } from './hocr.ts';
import type { Leaf } from './leaves.ts';
import { column, failedPage, HOSTILE, leaf, leaves, lineAt, pageOf, textOf, turned, wordsOf } from './test-pages.ts';

const faultsOf = (xml: string) => faultsOfXml(xml, new URL('./fixtures/hocr-profile.xsd', import.meta.url));
const page = pageOf([
  column(['The quick brown fox jumps over the lazy dog and then it runs', 'back again.']),
  [lineAt({ text: 'left', x: 100, y: 400 }), lineAt({ text: 'right', x: 400, y: 400 })],
]);
const hocrOf = (...all: readonly Leaf[]): Promise<string> => textOf(formatHocr('a & b', leaves(...all)));

function readBack(hocr: string): { text: string; title: string }[] {
  return [...hocr.matchAll(/<span class="ocrx_word" id="[^"]+" title="([^"]*)">([^<]*)<\/span>/g)].map(
    ([, title = '', text = '']) => ({ title, text: unescapeXml(text) }),
  );
}

test('it is valid XHTML with the classes of hOCR, and holds every word in order with its box and confidence', async () => {
  const hocr = await hocrOf(leaf(1, page), leaf(2, pageOf([])));
  expect(await faultsOf(hocr)).toEqual([]);
  expect(readBack(hocr).map(({ text }) => text)).toEqual(wordsOf(page));
  expect(readBack(hocr)[0]!.title).toBe('bbox 100 100 130 120; x_wconf 99');
  expect(hocr.match(/class="ocr_par"/g)).toHaveLength(2);
  expect(hocr).toContain('title="bbox 0 0 1000 1400; ppageno 1"');
});

test('pages have the numbers that they have in the document, however few were asked for', async () => {
  const hocr = await hocrOf(leaf(2, page), failedPage(5, 'page_timeout'));
  expect([...hocr.matchAll(/ppageno (\d+)/g)].map(([, number]) => number)).toEqual(['1', '4']);
});

test('a line that leans has a sloping baseline, and words that lean have their outline', async () => {
  const leaning = turned(page, 2, [100, 0]);
  const hocr = await hocrOf(leaf(1, leaning));
  expect(await faultsOf(hocr)).toEqual([]);
  expect(hocr).toMatch(/baseline 0\.0349 -\d/);
  const outlines = readBack(hocr).map(({ title }) => /poly ([^;]+)/.exec(title)?.[1]?.split(' ').map(Number));
  const quads = leaning.blocks.flatMap(({ lines }) =>
    lines.flatMap(({ words }) => words.map(({ quad }) => quad.flat())),
  );
  for (const [index, outline] of outlines.entries()) {
    for (const [at, value] of (outline ?? []).entries()) expect(value).toBeCloseTo(quads[index]![at]!, 1);
  }
});

test.each([
  [90, '270'],
  [180, '180'],
  [270, '90'],
])(
  'lines of a page turned clockwise by %i degrees have a text angle against the clock of %s',
  async (degrees, angle) => {
    const hocr = await hocrOf(leaf(1, turned(page, degrees, [900, 900])));
    expect(await faultsOf(hocr)).toEqual([]);
    expect(hocr).toContain(`textangle ${angle};`);
    expect(readBack(hocr).map(({ text }) => text)).toEqual(wordsOf(page));
  },
);

test('markup, controls and halves of characters in words, titles and reasons never break the XML', async () => {
  const hostile = pageOf([
    [
      {
        ...lineAt({ text: 'x', x: 0, y: 0 }),
        words: [{ ...lineAt({ text: 'x', x: 0, y: 0 }).words[0]!, text: HOSTILE }],
      },
    ],
  ]);
  const failed = { ...failedPage(2, 'page_timeout'), reason: `page 2: ${HOSTILE}` } as Leaf;
  const hocr = await textOf(formatHocr(HOSTILE, leaves(leaf(1, hostile), failed)));
  expect(await faultsOf(hocr)).toEqual([]);
  expect(readBack(hocr)[0]!.text).toMatch(/^a&b <c> "d" 'e' \]\]> --> &amp; .* 中文 😀$/);
});

test('a page that was not read and a file that was not opened stand in their places with the reason', async () => {
  const file = { kind: 'failed file', number: 3, page: null, reason: 'file 3, a.png: file_truncated' } as const;
  const hocr = await hocrOf(leaf(1, page), failedPage(2, 'page_timeout'), file);
  expect(await faultsOf(hocr)).toEqual([]);
  expect(hocr).toContain('title="bbox 0 0 0 0; ppageno 1; x_error &quot;page 2: page_timeout&quot;"');
  expect(hocr).toContain('ppageno 2; x_error &quot;file 3, a.png: file_truncated&quot;');
});
