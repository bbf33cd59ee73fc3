import { hex4, joined, latin } from './writer.ts';

/**
 * A font without letters, for text that is found and selected but not seen: two empty glyphs and a table from code to character. It is made here
 * and holds no font of anybody. That a font program is embedded, though it draws nothing, keeps viewers from looking for a substitute.
 *
 * Codes are two bytes: a character of the Basic Multilingual Plane is its own code; others get codes from the range of surrogates, which stand for no
 * character.
 */
export const FONT_NAME = 'DocuSnapGlyphless';

/** Widths in thousandths of an em: most characters, and those of scripts whose letters are as wide as high. */
const NARROW = 500;
const WIDE = 1000;
const WIDE_RANGES = [
  [0x1100, 0x115f],
  [0x2e80, 0xa4cf],
  [0xac00, 0xdfff],
  [0xf900, 0xfaff],
  [0xfe30, 0xfe4f],
  [0xff00, 0xff60],
  [0xffe0, 0xffe6],
] as const;

const SURROGATES = { first: 0xd800, last: 0xdfff } as const;
const REPLACEMENT = 0xfffd;
/** What one block of a CMap may hold. */
const BLOCK = 100;

/** Which codes stand for characters beyond the Basic Multilingual Plane in this document. */
export interface CharacterCodes {
  codesOf(text: string): number[];
  /** Those given so far: code and character. */
  beyond(): readonly (readonly [number, string])[];
}

export function newCharacterCodes(): CharacterCodes {
  const given = new Map<string, number>();
  return {
    codesOf: (text) =>
      Array.from(text, (character) => {
        const point = character.codePointAt(0)!;
        if (point <= 0xffff) return point;
        const code = given.get(character) ?? SURROGATES.first + given.size;
        if (code > SURROGATES.last) return REPLACEMENT;
        given.set(character, code);
        return code;
      }),
    beyond: () => [...given].map(([character, code]) => [code, character] as const),
  };
}

/** Width of a code in ems. */
export function emsOf(code: number): number {
  return (WIDE_RANGES.some(([first, last]) => code >= first && code <= last) ? WIDE : NARROW) / 1000;
}

/** The dictionaries of the font, given the numbers of its streams. */
export function fontObjects(numbers: {
  descendant: number;
  descriptor: number;
  toUnicode: number;
  glyphMap: number;
  program: number;
}): {
  readonly font: string;
  readonly descendant: string;
  readonly descriptor: string;
} {
  const widths = WIDE_RANGES.map(([first, last]) => `${first} ${last} ${WIDE}`).join(' ');
  const { descendant, descriptor, toUnicode, glyphMap, program } = numbers;
  return {
    font: `<</Type/Font/Subtype/Type0/BaseFont/${FONT_NAME}/Encoding/Identity-H/DescendantFonts[${descendant} 0 R]/ToUnicode ${toUnicode} 0 R>>`,
    descendant:
      `<</Type/Font/Subtype/CIDFontType2/BaseFont/${FONT_NAME}/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>` +
      `/FontDescriptor ${descriptor} 0 R/CIDToGIDMap ${glyphMap} 0 R/DW ${NARROW}/W[${widths}]>>`,
    descriptor:
      `<</Type/FontDescriptor/FontName/${FONT_NAME}/Flags 4/FontBBox[0 -200 1000 800]/ItalicAngle 0/Ascent 800/Descent -200` +
      `/CapHeight 800/StemV 80/FontFile2 ${program} 0 R>>`,
  };
}

/** Every code is the second glyph: some programs take the first, ".notdef", for text that is missing. */
export function glyphMap(): Uint8Array {
  return Uint8Array.from({ length: 2 * 0x10000 }, (_, at) => at % 2);
}

/** The CMap from codes to characters. Ranges must not cross a change of their first byte. */
export function toUnicode(beyond: readonly (readonly [number, string])[]): Uint8Array {
  const ranges = Array.from({ length: 256 }, (_, high) => high * 256)
    .filter((first) => first < SURROGATES.first || first > SURROGATES.last)
    .map((first) => `<${hex4(first)}> <${hex4(first + 255)}> <${hex4(first)}>`);
  const characters = beyond.map(
    ([code, character]) => `<${hex4(code)}> <${hex4(character.charCodeAt(0))}${hex4(character.charCodeAt(1))}>`,
  );
  return latin(
    [
      '/CIDInit /ProcSet findresource begin',
      '12 dict begin',
      'begincmap',
      '/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def',
      '/CMapName /Adobe-Identity-UCS def',
      '/CMapType 2 def',
      '1 begincodespacerange',
      '<0000> <FFFF>',
      'endcodespacerange',
      ...blocks('bfrange', ranges),
      ...blocks('bfchar', characters),
      'endcmap',
      'CMapName currentdict /CMap defineresource pop',
      'end',
      'end',
      '',
    ].join('\n'),
  );
}

function blocks(kind: string, rows: readonly string[]): string[] {
  const found: string[] = [];
  for (let at = 0; at < rows.length; at += BLOCK) {
    const block = rows.slice(at, at + BLOCK);
    found.push(`${block.length} begin${kind}`, ...block, `end${kind}`);
  }
  return found;
}

/** The font program: TrueType with the tables that PDF asks of it. Numbers are big-endian; lengths in bytes. */
export function fontProgram(): Uint8Array {
  const tables: readonly (readonly [string, Uint8Array])[] = [
    ['cmap', shorts([0, 1, 3, 1, 0, 12, 4, 24, 0, 2, 2, 0, 0, 0xffff, 0, 0xffff, 1, 0])],
    // The glyphs are empty, so none of these bytes is looked at.
    ['glyf', shorts([0, 0])],
    [
      'head',
      shorts([1, 0, 1, 0, 0, 0, 0x5f0f, 0x3cf5, 0, 1000, 0, 0, 0, 0, 0, 0, 0, 0, 0, -200, 1000, 800, 0, 8, 2, 0, 0]),
    ],
    ['hhea', shorts([1, 0, 800, -200, 0, NARROW, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1])],
    ['hmtx', shorts([NARROW, 0, 0])],
    ['loca', shorts([0, 0, 0])],
    ['maxp', shorts([1, 0, 2, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0])],
    ['post', shorts([3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0])],
  ];
  const headerLength = 12 + 16 * tables.length;
  const header = new DataView(new ArrayBuffer(headerLength));
  // Version 1.0, count, and for eight tables: 16 times 8, log2 of 8, 16 times 8 less 128.
  header.setUint32(0, 0x00010000);
  for (const [index, value] of [tables.length, 128, 3, 0].entries()) header.setUint16(4 + index * 2, value);
  const parts: Uint8Array[] = [new Uint8Array(header.buffer)];
  let offset = headerLength;
  for (const [index, [tag, table]] of tables.entries()) {
    const padded = joined([table, new Uint8Array((4 - (table.length % 4)) % 4)]);
    const at = 12 + index * 16;
    for (let letter = 0; letter < 4; letter += 1) header.setUint8(at + letter, tag.charCodeAt(letter));
    header.setUint32(at + 4, checksum(padded));
    header.setUint32(at + 8, offset);
    header.setUint32(at + 12, table.length);
    parts.push(padded);
    offset += padded.length;
  }
  return joined(parts);
}

function shorts(values: readonly number[]): Uint8Array {
  const view = new DataView(new ArrayBuffer(values.length * 2));
  for (const [index, value] of values.entries()) view.setInt16(index * 2, value);
  return new Uint8Array(view.buffer);
}

function checksum(table: Uint8Array): number {
  const view = new DataView(table.buffer, table.byteOffset, table.length);
  let total = 0;
  for (let at = 0; at < table.length; at += 4) total = (total + view.getUint32(at)) >>> 0;
  return total;
}
