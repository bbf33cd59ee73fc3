import { type PDFHexString, StandardFontEmbedder, StandardFonts } from '@cantoo/pdf-lib';
import { hex4 } from '../writer.ts';

/**
 * Fonts that every viewer brings, so that none is embedded: Helvetica for the letters of Windows-1252, and for Han, kana, Greek and Cyrillic the
 * one that viewers set for Adobe's simplified Chinese collection. Other letters cannot be shown.
 */
export const LATIN_FONT = 'DocuSnapLatin';
export const HAN_FONT = 'DocuSnapHan';

/** The dictionaries of the fonts. */
export const LATIN_DICTIONARY = '<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>';
const HAN_DESCRIPTOR =
  '<</Type/FontDescriptor/FontName/STSong-Light/Flags 6/FontBBox[-25 -254 1000 880]/ItalicAngle 0/Ascent 880/Descent -120/CapHeight 880/StemV 93>>';
export const HAN_DICTIONARY =
  '<</Type/Font/Subtype/Type0/BaseFont/STSong-Light-UniGB-UCS2-H/Encoding/UniGB-UCS2-H/DescendantFonts[' +
  '<</Type/Font/Subtype/CIDFontType0/BaseFont/STSong-Light/CIDSystemInfo<</Registry(Adobe)/Ordering(GB1)/Supplement 4>>' +
  `/DW 1000/FontDescriptor ${HAN_DESCRIPTOR}>>]>>`;

/** The fonts that a content shows letters in: some programs complain of a Chinese font that they have not, seen or unseen. */
export function fontsIn(content: string): { readonly name: string; readonly dictionary: string }[] {
  return [
    { name: LATIN_FONT, dictionary: LATIN_DICTIONARY },
    { name: HAN_FONT, dictionary: HAN_DICTIONARY },
  ].filter(({ name }) => content.includes(`/${name} `));
}

/** What the collection has, as far as it is sure; each is as wide as high. */
const HAN =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\u0391-\u03c9\u0410-\u044f\u3000-\u3017\uff01-\uff5e]/u;
/** The library has two enumerations of the same names, and exports one. */
type FontNames = Parameters<typeof StandardFontEmbedder.for>[0];
const helvetica = StandardFontEmbedder.for(StandardFonts.Helvetica as string as FontNames);

/** A piece of a text in one font. */
export interface Run {
  readonly font: typeof LATIN_FONT | typeof HAN_FONT;
  /** As content streams have it, between angle brackets. */
  readonly codes: string;
  readonly ems: number;
}

/** Null where a letter can be shown in neither font. */
export function runsOf(text: string): Run[] | null {
  const runs: { isHan: boolean; text: string }[] = [];
  for (const character of text) {
    const point = character.codePointAt(0)!;
    const isLatin = helvetica.encoding.canEncodeUnicodeCodePoint(point);
    if (!isLatin && (point > 0xffff || !HAN.test(character))) return null;
    const last = runs.at(-1);
    if (last && last.isHan === !isLatin) last.text += character;
    else runs.push({ isHan: !isLatin, text: character });
  }
  return runs.map(({ isHan, text }) => (isHan ? hanRun(text) : latinRun(text)));
}

function latinRun(text: string): Run {
  const codes: PDFHexString = helvetica.encodeText(text);
  return { font: LATIN_FONT, codes: codes.asString(), ems: helvetica.widthOfTextAtSize(text, 1) };
}

function hanRun(text: string): Run {
  const units = Array.from({ length: text.length }, (_, at) => hex4(text.charCodeAt(at)));
  return { font: HAN_FONT, codes: units.join(''), ems: text.length };
}
