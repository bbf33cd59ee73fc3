import { unionOf } from './boxes.ts';
import { type Character, isOn, isVisible, soundSize } from './characters.ts';
import { type Box, chained, type Matrix, mappedBox, type PdfPage } from './page.ts';
import type { Pdfium } from './pdfium.ts';
import { floatsAt, withScratch } from './scratch.ts';

/** Letters beyond the Basic Multilingual Plane: emoji, rare Han. */
const BEYOND = /[\u{10000}-\u{10FFFF}]/u;
/** Bytes of UTF-16 that are looked at; what stands for glyphs is a letter or a few. */
const MOST_BYTES = 512;
/** Marks of an object that are looked at: each may lie in thousands of others, and a page has thousands of objects. */
const MOST_MARKS = 64;
/** So many on a page at most: each is looked for among all letters, which takes 5 ms on the fullest page that is read. */
const MOST_TEXTS = 200;
/** It stands behind a letter that ends at most so many of its sizes before it, ... */
const MOST_GAP = 1;
/** ... or reaches over it by at most so many, ... */
const MOST_OVERLAP = 0.5;
/** ... and whose baseline is no further from its own. */
const LEVEL = 0.2;

const KEY = 'ActualText';
const GRAPHEMES = new Intl.Segmenter('en', { granularity: 'grapheme' });

/**
 * What a PDF says in place of glyphs (ActualText, ISO 32000-1, 14.9.4), with letters of 17 bits and more. PDFium takes the text that is said
 * so, but drops those letters: programs write emoji in this way.
 */
export interface ActualText {
  readonly text: string;
  /** The text objects it stands for. */
  readonly objects: ReadonlySet<number>;
  readonly place: Pick<Character, 'origin' | 'along' | 'box' | 'size' | 'visible'>;
}

/** Finds such texts among the objects of a page, each once, though it may stand for several. */
export function openActualTexts(page: PdfPage): {
  /** @param matrix from the object's space to the page's */
  note(object: number, matrix: Matrix): void;
  all(): ActualText[];
} {
  const { pdfium } = page;
  const texts = new Map<number, ActualText & { readonly objects: Set<number> }>();
  /** Marks without such a text, which may have thousands of objects. */
  const others = new Set<number>();
  return {
    note(object, matrix) {
      const count = Math.min(MOST_MARKS, pdfium._FPDFPageObj_CountMarks(object));
      for (let i = 0; i < count; i += 1) {
        const mark = pdfium._FPDFPageObj_GetMark(object, i);
        if (others.has(mark)) continue;
        const known = texts.get(mark);
        const text = known?.text ?? (texts.size < MOST_TEXTS ? textOf(pdfium, mark) : '');
        const place = BEYOND.test(text) ? placeOf(pdfium, object, matrix) : undefined;
        if (!place) {
          if (!known) others.add(mark);
          continue;
        }
        const objects = known?.objects ?? new Set<number>();
        objects.add(object);
        const whole = known ? { ...known.place, box: unionOf(known.place.box, place.box) } : place;
        texts.set(mark, { text, objects, place: whole });
      }
    },
    all: () => [...texts.values()].filter(({ place }) => isOn(page, place)),
  };
}

/** The characters of a page with these texts among them, each behind the letter that it stands behind. */
export function withActualTexts(characters: readonly Character[], texts: readonly ActualText[]): Character[] {
  const all = [...characters];
  for (const actual of texts) {
    const letters = lettersOf(actual);
    const before = all.findLastIndex((letter) => isBefore(letter, actual.place));
    if (before >= 0) all.splice(before + 1, 0, ...letters);
    else all.push(...letters.map((letter, i) => (i === 0 ? { ...letter, gap: 'break' as const } : letter)));
  }
  return all;
}

/** @returns '' where the mark has none */
function textOf(pdfium: Pdfium, mark: number): string {
  const key = pdfium._malloc(KEY.length + 1);
  const buffer = pdfium._malloc(MOST_BYTES);
  try {
    pdfium.HEAPU8.set(Buffer.from(`${KEY}\0`, 'latin1'), key);
    return withScratch(pdfium, (length) => {
      if (pdfium._FPDFPageObjMark_GetParamBlobValue(mark, key, buffer, MOST_BYTES, length) === 0) return '';
      const bytes = pdfium.HEAPU32[length >> 2]!;
      return bytes > MOST_BYTES ? '' : decoded(pdfium.HEAPU8.slice(buffer, buffer + bytes));
    });
  } finally {
    pdfium._free(buffer);
    pdfium._free(key);
  }
}

/** Only in these two encodings, which begin with their mark, can the letters be written that are looked for. PDFium's own decoder loses half of them. */
function decoded(bytes: Uint8Array): string {
  const [first, second, third] = bytes;
  if (first === 0xfe && second === 0xff) return new TextDecoder('utf-16be').decode(bytes);
  return first === 0xef && second === 0xbb && third === 0xbf ? new TextDecoder('utf-8').decode(bytes) : '';
}

function placeOf(pdfium: Pdfium, object: number, matrix: Matrix): ActualText['place'] | undefined {
  return withScratch(pdfium, (at) => {
    if (pdfium._FPDFPageObj_GetMatrix(object, at) === 0) return undefined;
    const [a = 1, b = 0, c = 0, d = 1, e = 0, f = 0] = floatsAt(pdfium, at, 6);
    const turn = chained(matrix, [a, b, c, d, e, f]);
    if (pdfium._FPDFPageObj_GetBounds(object, at, at + 4, at + 8, at + 12) === 0) return undefined;
    const [left = 0, bottom = 0, right = 0, top = 0] = floatsAt(pdfium, at, 4);
    const box = mappedBox(matrix, left, bottom, right, top);
    if (pdfium._FPDFTextObj_GetFontSize(object, at) === 0) return undefined;
    const [fontSize = 0] = floatsAt(pdfium, at, 1);
    const size = soundSize(fontSize * Math.hypot(turn[2], turn[3]), box);
    const length = Math.hypot(turn[0], turn[1]);
    if (!(length > 0) || !(size > 0) || !Number.isFinite(size + box.left + box.right + box.top + box.bottom))
      return undefined;
    const origin: Character['origin'] = [turn[4], turn[5]];
    const along: Character['along'] = [turn[0] / length, turn[1] / length];
    return { origin, along, box: widened(box, origin, along), size, visible: isVisible(pdfium, object) };
  });
}

/** The box of its advance from that of its ink, taken to stand in the middle of it. */
function widened(box: Box, [x, y]: Character['origin'], [ux, uy]: Character['along']): Box {
  if (Math.abs(ux) >= Math.abs(uy)) {
    const white = Math.max(0, ux > 0 ? box.left - x : x - box.right);
    return { ...box, left: box.left - white, right: box.right + white };
  }
  const white = Math.max(0, uy > 0 ? box.top - y : y - box.bottom);
  return { ...box, top: box.top - white, bottom: box.bottom + white };
}

/** Its letters as people count them, each with its share of the place. */
function lettersOf({ text, place }: ActualText): Character[] {
  const parts = [...GRAPHEMES.segment(text)].map(({ segment }) => segment);
  let gap: Character['gap'] = 'none';
  return parts.flatMap((part, index) => {
    if (part.trim() === '') {
      gap = 'space';
      return [];
    }
    const share = shareOf(place, index / parts.length, (index + 1) / parts.length);
    const letter: Character = { ...place, ...share, text: part, font: '', unmapped: false, gap };
    gap = 'none';
    return [letter];
  });
}

function shareOf(
  { box, origin, along }: ActualText['place'],
  from: number,
  to: number,
): Pick<Character, 'box' | 'origin'> {
  const [ux, uy] = along;
  const [width, height] = [box.right - box.left, box.bottom - box.top];
  const length = Math.abs(ux) >= Math.abs(uy) ? width : height;
  const moved: Character['origin'] = [origin[0] + ux * length * from, origin[1] + uy * length * from];
  const cut = (low: number, side: number, sign: number): [number, number] =>
    sign > 0 ? [low + side * from, low + side * to] : [low + side * (1 - to), low + side * (1 - from)];
  if (length === width) {
    const [left, right] = cut(box.left, width, ux);
    return { box: { ...box, left, right }, origin: moved };
  }
  const [top, bottom] = cut(box.top, height, uy);
  return { box: { ...box, top, bottom }, origin: moved };
}

function isBefore(letter: Character, { origin, along, size }: ActualText['place']): boolean {
  const [ux, uy] = along;
  const across = (origin[1] - letter.origin[1]) * ux - (origin[0] - letter.origin[0]) * uy;
  if (Math.abs(across) > LEVEL * size || letter.along[0] * ux + letter.along[1] * uy < 0.5) return false;
  const start = origin[0] * ux + origin[1] * uy;
  const gap = start - endOf(letter.box, along);
  const isBehind = letter.origin[0] * ux + letter.origin[1] * uy < start;
  return isBehind && gap < MOST_GAP * size && gap > -MOST_OVERLAP * size;
}

/** How far a box reaches in a direction. */
function endOf({ left, top, right, bottom }: Box, [ux, uy]: readonly [number, number]): number {
  return Math.max(left * ux, right * ux) + Math.max(top * uy, bottom * uy);
}
