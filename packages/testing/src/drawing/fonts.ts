import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import opentype, { type Font, type Glyph } from 'opentype.js';

/** DejaVu's fonts by short names. */
const FILES = {
  sans: 'DejaVuSans.ttf',
  'sans-bold': 'DejaVuSans-Bold.ttf',
  condensed: 'DejaVuSansCondensed.ttf',
  serif: 'DejaVuSerif.ttf',
  'serif-bold': 'DejaVuSerif-Bold.ttf',
  mono: 'DejaVuSansMono.ttf',
} as const;
export type FontName = keyof typeof FILES;

const loaded = new Map<FontName, Font>();

/** Where a font's file lies, for those who draw with another library. */
export function fontFile(name: FontName): string {
  const folder = dirname(createRequire(import.meta.url).resolve('dejavu-fonts-ttf/package.json'));
  return join(folder, 'ttf', FILES[name]);
}

export function fontOf(name: FontName): Font {
  const known = loaded.get(name);
  if (known !== undefined) {
    return known;
  }
  const bytes = readFileSync(fontFile(name));
  const font = opentype.parse(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
  loaded.set(name, font);
  return font;
}

/** How wide a text is drawn, in pixels, at `size` pixels an em. */
export function textWidth(text: string, size: number, font: FontName = 'sans'): number {
  return place(text, size, fontOf(font)).width;
}

/** The outlines of a text as the data of an SVG path; its baseline begins at (x, y). */
export function textPath(text: string, x: number, y: number, size: number, font: FontName = 'sans'): string {
  return place(text, size, fontOf(font))
    .glyphs.map(({ glyph, at }) => glyph.getPath(x + at, y, size).toPathData(2))
    .join('');
}

/** Letter after letter with kerning: the library's own shaping stops at DejaVu's ligature tables, which print does not need. */
function place(text: string, size: number, font: Font): { glyphs: { glyph: Glyph; at: number }[]; width: number } {
  const scale = size / font.unitsPerEm;
  const glyphs: { glyph: Glyph; at: number }[] = [];
  let width = 0;
  for (const character of text) {
    const glyph = font.charToGlyph(character);
    const before = glyphs[glyphs.length - 1]?.glyph;
    const at = width + (before === undefined ? 0 : font.getKerningValue(before, glyph) * scale);
    glyphs.push({ glyph, at });
    width = at + (glyph.advanceWidth ?? 0) * scale;
  }
  return { glyphs, width };
}
