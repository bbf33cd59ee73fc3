import { inMemory } from '@docusnap/blobs';
import { linesOf } from '@docusnap/contracts';
import { makePdf, type PdfText } from '@docusnap/testing';
import { expect, test } from '@jest/globals';
import { withAccents } from './accents.ts';
import { openActualTexts, withActualTexts } from './actual-text.ts';
import type { Character } from './characters.ts';
import { linesOfLayer } from './lines.ts';
import { type PdfPage, withPage } from './page.ts';
import type { Pdfium } from './pdfium.ts';
import { objectsOf } from './pictures.ts';
import { readPdfPage } from './read-pdf-page.ts';
import { openPdfShelf } from './shelf.ts';

const shelf = openPdfShelf();
const SIZE = 12;
const A5 = { width: 420, height: 595 };
/** Advances of Helvetica and, where they differ, of Helvetica-Bold, which text with a wrong alphabet is in, as part of the font's size. */
const WIDTHS: Readonly<Record<string, number>> = {
  '@': 1.015,
  '\u00A8': 0.333,
  '\u00B4': 0.333,
  W: 0.944,
  C: 0.722,
  N: 0.722,
  O: 0.778,
  S: 0.667,
  T: 0.611,
  V: 0.667,
  c: 0.5,
  f: 0.278,
  i: 0.222,
  l: 0.222,
  m: 0.833,
  r: 0.333,
  s: 0.5,
  t: 0.278,
  y: 0.5,
};
let key = 0;

function advanceOf(text: string): number {
  return [...text].reduce((sum, letter) => sum + (WIDTHS[letter] ?? 0.556), 0) * SIZE;
}

/** Pieces of a line, each so many font sizes behind the end of the one before it. */
function row(...pieces: readonly ({ text: string; gap?: number } & Partial<PdfText>)[]): PdfText[] {
  let x = 40;
  return pieces.map(({ gap = 0, ...piece }) => {
    const text = { x: x + gap * SIZE, y: 500, size: SIZE, ...piece };
    x = text.x + advanceOf(piece.text);
    return text;
  });
}

async function lines(texts: readonly PdfText[]): Promise<string[]> {
  const source = { key: `${++key}`, password: undefined, open: async () => inMemory(makePdf([{ ...A5, texts }])) };
  const page = await shelf.use(source, (document) =>
    readPdfPage(document, 0, { text: 'only', maxPixels: 100_000_000 }, () => {
      throw new Error('Nothing of this page is to be read.');
    }),
  );
  return linesOf(page).map(({ text }) => text);
}

test.each([
  ['beside words', 0.28, 'Vatican \u{1F1FB}\u{1F1E6} City'],
  ['right behind a word', 0, 'Vatican\u{1F1FB}\u{1F1E6}City'],
])('an emoji that is said in place of a glyph, %s, is part of its line', async (_, gap, said) => {
  const flag = { text: '@', gap, actualText: '\u{1F1FB}\u{1F1E6}' };
  expect(await lines(row({ text: 'Vatican' }, flag, { text: 'City', gap }))).toEqual([said]);
});

test('several emoji that are said in place of one glyph are told apart from what is said beside them', async () => {
  const said = { text: '@@', gap: 0.28, actualText: '\u{1F469}\u200D\u{1F680} \u{1F680}' };
  expect(await lines(row({ text: 'Crew' }, said))).toEqual(['Crew \u{1F469}\u200D\u{1F680} \u{1F680}']);
});

test('an emoji on a page that is turned lies in its line, too', async () => {
  const flag = { text: '@', x: 60, y: 345, size: SIZE, turn: 90, actualText: '\u{1F680}' };
  const word = { text: 'Crew', x: 60, y: 345 - 1.3 * SIZE - advanceOf('Crew'), size: SIZE, turn: 90 };
  expect(await lines([word, { ...flag, y: 345 - SIZE }])).toEqual(['Crew \u{1F680}']);
});

test.each([true, false])(
  'what is said in place of glyphs is as visible as those (invisible: %s)',
  async (invisible) => {
    const texts = row({ text: '@', actualText: '\u{1F680}', invisible });
    const source = { key: `${++key}`, password: undefined, open: async () => inMemory(makePdf([{ ...A5, texts }])) };
    const said = await shelf.use(source, (document) =>
      withPage(document, 0, async (page) => objectsOf(page).actualTexts),
    );
    expect(withActualTexts([], said)).toMatchObject([{ text: '\u{1F680}', visible: !invisible }]);
  },
);

/** Han letters and a full stop of their width, from the W of a font. */
const HAN = { text: 'WW', misencodedBy: 0x4e00 };
const STOP = { text: 'W', misencodedBy: 0x3002 - 'W'.charCodeAt(0) };

test('full-width marks that were squeezed to a third of their width leave their line whole', async () => {
  expect(await lines(row(HAN, STOP, { ...HAN, gap: -0.66 }))).toEqual(['\u4E57\u4E57\u3002\u4E57\u4E57']);
});

/** Half as wide as they are high, and set without spaces: PDFium writes some itself, but not for every program's print. */
function letters(word: string, x: number): Character[] {
  return [...word].map((text, i) => {
    const left = x + (i * SIZE) / 2;
    const box = { left, top: 90, right: left + SIZE / 2, bottom: 90 + SIZE };
    const style = { visible: true, font: '', unmapped: false, gap: 'none' } as const;
    return { text, origin: [left, 100], along: [1, 0], box, size: SIZE, ...style };
  });
}

const saidBy = (...words: readonly Character[][]) => linesOfLayer(words.flat(), 1).map(({ text }) => text);

test('a Latin mark stands apart from Han where a narrow space was left', () => {
  expect(saidBy(letters('ls)', 40), letters('\u4E57', 60))).toEqual(['ls) \u4E57']);
  expect(saidBy(letters('ls)', 40), letters('\u4E57', 58.5))).toEqual(['ls)\u4E57']);
});

test('words are told apart by spaces narrower than those of most fonts that were never written', () => {
  expect(saidBy(letters('meeting', 40), letters('the', 84), letters('needs', 104))).toEqual(['meeting the needs']);
});

test('letters of a ligature that begin at one place are part of their word', () => {
  const [f, l] = [letters('f', 52)[0]!, letters('l', 52)[0]!];
  const thin = { ...l, box: { ...l.box, right: 55 } };
  expect(saidBy(letters('he', 40), [f, thin], letters('d', 61))).toEqual(['hefld']);
});

test('a letter that the edge of the page cuts is told, one beyond it is not', async () => {
  const texts = [{ text: 'abWW', x: 415 - advanceOf('ab'), y: 500, size: SIZE }];
  expect(await lines(texts)).toEqual(['abW']);
});

test('letters that were set apart are one word still', async () => {
  const word = [...'CONTENTS'].map((text) => ({ text, gap: 0.12 }));
  expect(await lines(row(...word))).toEqual(['CONTENTS']);
});

/** Letters as `letters` has them, further apart by so many font sizes. */
const spaced = (word: string, x: number, gap: number): Character[] =>
  [...word].flatMap((text, i) => letters(text, x + i * (0.5 + gap) * SIZE));

test.each(['NO', 'TAN', 'DATE'])(
  'so is %s, whose letters are few, and beside a word whose letters are closer',
  (word) => {
    expect(saidBy(spaced(word, 40, 0.2))).toEqual([word]);
    const [first, ...others] = letters('Invoice', 44 + word.length * 0.7 * SIZE);
    expect(saidBy(spaced(word, 40, 0.2), [{ ...first!, gap: 'space' }, ...others])).toEqual([`${word} Invoice`]);
  },
);

test('a word of one letter is a word, though it stands as far from the next as from the one before', () => {
  expect(saidBy(letters('is', 40), letters('a', 54.4), letters('dog', 62.8))).toEqual(['is a dog']);
});

test.each([30, 45, 135])('wide letters of print that is tilted by %d degrees are part of their words', async (turn) => {
  const texts = [{ text: 'CONFIDENTIAL commit', x: 200, y: 300, size: SIZE, turn }];
  expect(await lines(texts)).toEqual(['CONFIDENTIAL commit']);
});

test('tilted Han letters are one word', () => {
  const along = [Math.SQRT1_2, Math.SQRT1_2] as const;
  const at = (i: number) => 40 + i * SIZE * Math.SQRT1_2 * 1.01;
  const tilted = letters('\u4E57\u4E58\u4E59', 40).map(
    (letter, i): Character => ({ ...letter, along, origin: [at(i), at(i)] }),
  );
  expect(saidBy(tilted)).toEqual(['\u4E57\u4E58\u4E59']);
});

test('an accent that was typed for an apostrophe in a narrow font is no part of the letter behind it', () => {
  const [accent, letter] = letters('\u00B4i', 40) as [Character, Character];
  const narrow = [
    { ...accent, box: { ...accent.box, right: 40 + 0.273 * SIZE } },
    {
      ...letter,
      origin: [40 + 0.273 * SIZE, 100],
      box: { ...letter.box, left: 40 + 0.273 * SIZE, right: 40 + 0.455 * SIZE },
    },
  ] as const;
  expect(withAccents(narrow).map(({ text }) => text)).toEqual(['\u00B4', 'i']);
});

test('of marks that lie in thousands of others some are looked at', () => {
  let looked = 0;
  const pdfium = {
    HEAPU8: new Uint8Array(1_024),
    _malloc: () => 0,
    _free: () => undefined,
    _FPDFPageObj_CountMarks: () => 100_000,
    _FPDFPageObj_GetMark: (_: number, index: number) => {
      looked += 1;
      return index;
    },
    _FPDFPageObjMark_GetParamBlobValue: () => 0,
  } as Partial<Pdfium> as Pdfium;
  const texts = openActualTexts({ ...A5, pdfium } as PdfPage);
  for (let object = 1; object <= 10; object += 1) texts.note(object, [1, 0, 0, 1, 0, 0]);
  expect(texts.all()).toEqual([]);
  expect(looked).toBeLessThanOrEqual(1_000);
});

test('an accent that was printed over its letter, before or after it, makes one letter with it', async () => {
  const over = (advanceOf('o') - advanceOf('\u00A8')) / 2 / SIZE;
  const before = row(
    { text: 'Marh' },
    { text: '\u00A8', gap: over },
    { text: 'oferstr', gap: -over - WIDTHS['\u00A8']! },
  );
  expect(await lines(before)).toEqual(['Marh\u00F6ferstr']);
  const last = { text: '\u00B4', x: 40 + advanceOf('caf') + over * SIZE, y: 500, size: SIZE };
  expect(await lines([...row({ text: 'cafe noir' }), last])).toEqual(['caf\u00E9 noir']);
  const alone = row({ text: 'a' }, { text: '\u00B4', gap: 0 }, { text: 'b', gap: 0 });
  expect(await lines(alone)).toEqual(['a\u00B4b']);
});

/** Letters in the order they are read, which is how PDFium tells them, where they stand in what is shown from left to right. Each occurs once. */
function shownAs(read: string, shown: string): Character[] {
  let gap: Character['gap'] = 'break';
  return [...read].flatMap((text) => {
    if (text === ' ') gap = 'space';
    if (text === ' ') return [];
    const [letter] = letters(text, 40 + ([...shown].indexOf(text) * SIZE) / 2);
    const told = { ...letter!, gap };
    gap = 'none';
    return [told];
  });
}

test.each([
  ['words', '\u05D0\u05D1\u05D2 \u05D3\u05D4', '\u05D4\u05D3 \u05D2\u05D1\u05D0'],
  ['a date and a full stop', '\u05D0\u05D1 12/34 \u05D2.', '.\u05D2 12/34 \u05D1\u05D0'],
  ['numbers', '\u05D0\u05D1 12 34', '34 12 \u05D1\u05D0'],
  [
    'Latin words',
    '\u05D0\u05D1\u05D4\u05D5 Oak Inc 5 \u05D2\u05D3\u05E9',
    '\u05E9\u05D3\u05D2 Oak Inc 5 \u05D5\u05D4\u05D1\u05D0',
  ],
  ['brackets as they mean', '\u05D0\u05D1 (\u05D2\u05D3)', ')\u05D3\u05D2( \u05D1\u05D0'],
  ['a bracket of its own', '\u05D0) \u05D1\u05D2', '\u05D2\u05D1 )\u05D0'],
  ['an Arabic word', '\u0633\u0644\u0627\u0645', '\u0645\u0627\u0644\u0633'],
  ['a Latin line with Hebrew words', 'Of \u05D0\u05D1 \u05D2 12 \u05D3 by', 'Of \u05D3 12 \u05D2 \u05D1\u05D0 by'],
])('what is written from right to left is told as it is read: %s', (_, read, shown) => {
  expect(saidBy(shownAs(read, shown))).toEqual([read]);
});

test('a line of both directions begins where most lines of its page do', () => {
  const [read, shown] = ['\u05D0\u05D1 Oak Inc \u05D2', '\u05D2 Oak Inc \u05D1\u05D0'];
  const below = letters('\u05D4\u05D5\u05D6\u05D7\u05D8\u05D9', 40).map((letter, i): Character => {
    const { left, right } = letters('x', 40 + ((5 - i) * SIZE) / 2)[0]!.box;
    return { ...letter, origin: [left, 200], box: { ...letter.box, left, right, top: 190, bottom: 190 + SIZE } };
  });
  expect(saidBy(shownAs(read, shown), below)).toEqual([read, '\u05D4\u05D5\u05D6\u05D7\u05D8\u05D9']);
});

test('Arabic letters shaped for their place, and ligatures of them, are told as people type them', async () => {
  const ligature = letters('\u0644', 46)[0]!;
  const word = [letters('\u0633', 52), [{ ...ligature, text: '\u0627' }, ligature], letters('\u0645', 40)];
  expect(saidBy(...word)).toEqual(['\u0633\u0644\u0627\u0645']);
  const shaped = { text: 'a', x: 40, y: 500, size: SIZE, actualText: '\uFEFC' };
  expect(await lines([shaped])).toEqual(['\u0644\u0627']);
});

test('brackets that come as they look among letters from right to left open and close as they mean', () => {
  const letter = (text: string, x: number): Character => letters(text, x)[0]!;
  const shown = [letter('(', 40), letter('\u05D1', 46), letter('\u05D0', 52), letter(')', 58)];
  expect(saidBy(shown.toReversed())).toEqual(['(\u05D0\u05D1)']);
});
