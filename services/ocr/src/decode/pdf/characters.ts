import { type Box, chained, type Matrix, mapped, mappedBox, type PdfPage } from './page.ts';
import type { Pdfium } from './pdfium.ts';
import { doublesAt, floatsAt, withScratch } from './scratch.ts';

/** Text that is not painted (text rendering mode 3): the layer that OCR programs put over a scan. */
const INVISIBLE = 3;
/** The fullest newspaper page has a quarter of these. A layer of more says nothing that could be read: the page then counts as one without. */
const MOST_CHARACTERS = 200_000;
/** Bytes of a font's name that are looked at. */
const NAME_BYTES = 128;

/** A character of a page's text layer, in points of the upright page. */
export interface Character {
  readonly text: string;
  /** Where its baseline begins. */
  readonly origin: readonly [number, number];
  /** Unit vector along which its line is read. */
  readonly along: readonly [number, number];
  /** Upright box of its advance and its font's height. */
  readonly box: Box;
  /** Height of its font. */
  readonly size: number;
  readonly visible: boolean;
  readonly font: string;
  /** Whether the PDF does not say which letter its glyph is. */
  readonly unmapped: boolean;
  /** A space, or where the PDF's own order goes on with another line. */
  readonly gap: 'none' | 'space' | 'break';
}

/**
 * Everything in the text layer of the page, in the order it was written.
 *
 * @param replaced text objects whose glyphs something else is said for
 */
export function charactersOf(page: PdfPage, replaced: ReadonlySet<number> = new Set()): Character[] {
  const { pdfium } = page;
  const text = pdfium._FPDFText_LoadPage(page.handle);
  if (text === 0) return [];
  try {
    return withScratch(pdfium, (scratch) => {
      const styleOf = openStyles(pdfium);
      const count = pdfium._FPDFText_CountChars(text);
      const characters: Character[] = [];
      if (count > MOST_CHARACTERS) return characters;
      let gap: Character['gap'] = 'none';
      let high = '';
      for (let index = 0; index < count; index += 1) {
        const code = pdfium._FPDFText_GetUnicode(text, index);
        const kind = kindOf(code);
        if (kind !== 'letter') {
          if (kind === 'break' || (kind === 'space' && gap === 'none')) gap = kind;
          if (kind === 'hyphen') addHyphen(characters);
          continue;
        }
        if (code >= 0xd800 && code < 0xdc00) {
          high = String.fromCharCode(code);
          continue;
        }
        const letter = code >= 0xdc00 && code < 0xe000 ? high + String.fromCharCode(code) : String.fromCodePoint(code);
        high = '';
        const object = pdfium._FPDFText_GetTextObject(text, index);
        const place = replaced.has(object) ? undefined : placeOf(page, text, index, scratch);
        if (!place || !isOn(page, place)) continue;
        const style = styleOf(object);
        const unmapped = pdfium._FPDFText_HasUnicodeMapError(text, index) === 1;
        characters.push({ text: plainForm(letter), ...place, ...style, unmapped, gap });
        gap = 'none';
      }
      return characters;
    });
  } finally {
    pdfium._FPDFText_ClosePage(text);
  }
}

/** U+FFFE and U+0002 are what PDFium puts where a hyphen ends a line. */
function kindOf(code: number): 'letter' | 'space' | 'break' | 'hyphen' | 'nothing' {
  if (code === 0x0a || code === 0x0d || code === 0x2028 || code === 0x2029) return 'break';
  if (code === 0xfffe || code === 0x02) return 'hyphen';
  if (/\s/.test(String.fromCodePoint(Math.min(code, 0x10ffff)))) return 'space';
  const isMark = code === 0xad || code === 0xfeff || (code >= 0x200b && code <= 0x200f) || code > 0x10ffff;
  return code === 0 || isMark ? 'nothing' : 'letter';
}

/** The hyphen has no box of its own; it belongs to the letter before it. */
function addHyphen(characters: Character[]): void {
  const last = characters.at(-1);
  if (last && !last.text.endsWith('-')) characters[characters.length - 1] = { ...last, text: `${last.text}-` };
}

/** Ligatures and radicals as the letters that people type and search for. */
function plainForm(letter: string): string {
  return /[\uFB00-\uFB06\u2E80-\u2FDF]/.test(letter) ? letter.normalize('NFKC') : letter.toWellFormed();
}

function placeOf(
  page: PdfPage,
  text: number,
  index: number,
  at: number,
): Pick<Character, 'origin' | 'along' | 'box' | 'size'> | undefined {
  const { pdfium, upright } = page;
  if (pdfium._FPDFText_GetCharOrigin(text, index, at, at + 8) === 0) return undefined;
  const [x = 0, y = 0] = doublesAt(pdfium, at, 2);
  const turn: Matrix =
    pdfium._FPDFText_GetMatrix(text, index, at) === 0 ? upright : chained(upright, asMatrix(floatsAt(pdfium, at, 6)));
  if (pdfium._FPDFText_GetLooseCharBox(text, index, at) === 0) return undefined;
  const [left = 0, top = 0, right = 0, bottom = 0] = floatsAt(pdfium, at, 4);
  const box = mappedBox(upright, left, bottom, right, top);
  const length = Math.hypot(turn[0], turn[1]);
  const size = soundSize(pdfium._FPDFText_GetFontSize(text, index) * Math.hypot(turn[2], turn[3]), box);
  if (!Number.isFinite(size + box.left + box.right + box.top + box.bottom) || !(length > 0) || !(size > 0))
    return undefined;
  return { origin: mapped(upright, x, y), along: [turn[0] / length, turn[1] / length], box, size };
}

/** The box of a letter is about as high (or, turned, wide) as its font. Fonts drawn by programs (Type 3) count in units of their own. */
const UNSOUND = 3;

export function soundSize(size: number, { left, top, right, bottom }: Box): number {
  const [width, height] = [right - left, bottom - top];
  const isSound = [width, height].some((side) => side > size / UNSOUND && side < size * UNSOUND);
  return isSound || height <= 0 ? size : height;
}

function asMatrix([a = 1, b = 0, c = 0, d = 1, e = 0, f = 0]: readonly number[]): Matrix {
  return [a, b, c, d, e, f];
}

/** Whether the page shows of a letter where it begins or where it ends, and more than half of its height: the last of a line may stand over the edge. */
export function isOn({ width, height }: PdfPage, { box, along }: Pick<Character, 'box' | 'along'>): boolean {
  const { left, top, right, bottom } = box;
  const [x, y] = [(left + right) / 2, (top + bottom) / 2];
  const isLevel = Math.abs(along[0]) >= Math.abs(along[1]);
  return isLevel
    ? right > 0 && left < width && y >= 0 && y <= height
    : bottom > 0 && top < height && x >= 0 && x <= width;
}

/** Whether a text object is painted. */
export function isVisible(pdfium: Pdfium, object: number): boolean {
  return pdfium._FPDFTextObj_GetTextRenderMode(object) !== INVISIBLE;
}

type Style = Pick<Character, 'visible' | 'font'>;

/** Looks each text object up once: a page has some hundreds of them for thousands of letters. */
function openStyles(pdfium: Pdfium): (object: number) => Style {
  const known = new Map<number, Style>();
  return (object) => {
    const style = known.get(object) ?? {
      visible: object === 0 || isVisible(pdfium, object),
      font: object === 0 ? '' : fontName(pdfium, pdfium._FPDFTextObj_GetFont(object)),
    };
    known.set(object, style);
    return style;
  };
}

function fontName(pdfium: Pdfium, font: number): string {
  if (font === 0) return '';
  const pointer = pdfium._malloc(NAME_BYTES);
  try {
    const length = Math.min(NAME_BYTES, pdfium._FPDFFont_GetBaseFontName(font, pointer, NAME_BYTES));
    return Buffer.from(pdfium.HEAPU8.subarray(pointer, pointer + Math.max(0, length - 1))).toString('latin1');
  } finally {
    pdfium._free(pointer);
  }
}
