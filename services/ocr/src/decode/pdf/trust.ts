import type { Line, PageText } from '@docusnap/contracts';
import type { Raster } from '@docusnap/engine';
import { boxAround } from './boxes.ts';
import type { Character } from './characters.ts';
import type { PdfPage } from './page.ts';
import { render } from './render.ts';

/** A layer with more than this part of its letters unknown is garbage. */
const MOST_UNKNOWN = 0.2;
/** Letters that stand for no letter anyone types: private use, controls, replacement, unassigned. */
const UNKNOWN = /[\p{Co}\p{Cc}\p{Cn}\p{Cs}\uFFFD]/u;
/** What the recogniser can read; a layer in other scripts, or of pictographs, cannot be checked with it. */
const READABLE =
  /^(?!\p{Extended_Pictographic})[\p{Script=Latin}\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{N}\p{P}\p{S}]$/u;

/** How many lines are read to compare: of print, and of a layer that some OCR program laid over a scan. */
const SAMPLES = { visible: 3, invisible: 6 };
/** Fewer letters than this in a sample say nothing. */
const LEAST_LETTERS = 5;
/** Print smaller than this, in points, is none. */
const LEAST_POINTS = 1;
/** Letters of a sample at most. */
const MOST_LETTERS = 40;
/** Height of the print in a sample, in pixels, and the white around it. */
const SAMPLE_PIXELS = 32;
const SAMPLE_MARGIN = 16;
/** Width of a sample at most. */
const MOST_WIDTH = 2_000;
/** What was read counts where its mean confidence is at least this ... */
const LEAST_CONFIDENCE = 0.8;
/** ... and the layer is wrong where fewer of the pairs of neighbouring letters agree: print that is mis-encoded shares next to none, OCR of bad quality many. */
const LEAST_ALIKE = { visible: 0.4, invisible: 0.85 };

export type ReadRaster = (raster: Raster) => Promise<PageText>;

/** A text layer and what is needed to judge it. */
export interface Layer {
  readonly characters: readonly Character[];
  /** In points. */
  readonly lines: readonly Line[];
  /** Fonts of the document whose letters were found right. */
  readonly trustedFonts: Set<string>;
}

/** Whether the layer says what the page shows: by its letters, and where they tell nothing by reading a few of its lines. */
export async function isTrustworthy(page: PdfPage, layer: Layer, read: ReadRaster): Promise<boolean> {
  const { characters, trustedFonts } = layer;
  if (partOf(characters, ({ text }) => UNKNOWN.test(text)) > MOST_UNKNOWN) return false;
  const kind = partOf(characters, ({ visible }) => visible) >= 0.5 ? 'visible' : 'invisible';
  const fonts = new Set(characters.map(({ font }) => font));
  if (kind === 'visible' && fonts.size > 0 && [...fonts].every((font) => trustedFonts.has(font))) return true;
  const samples = samplesOf(layer.lines, SAMPLES[kind]);
  // Most print whose PDF does not say its letters is what its glyphs are called; where that cannot be checked, it is not believed.
  if (samples.length === 0) return partOf(characters, ({ unmapped }) => unmapped) <= MOST_UNKNOWN;
  const seen = await read(stacked(samples.map((sample) => cropOf(page, sample))));
  const alike = likeness(
    samples.map(({ text }) => text),
    seen,
  );
  if (alike === undefined) return kind === 'visible';
  if (alike < LEAST_ALIKE[kind]) return false;
  if (kind === 'visible') for (const font of fonts) trustedFonts.add(font);
  return true;
}

function partOf(characters: readonly Character[], matches: (character: Character) => boolean): number {
  return characters.filter(matches).length / characters.length;
}

/** Pieces of level lines, the longest spread over the page. */
function samplesOf(lines: readonly Line[], count: number): Pick<Line, 'text' | 'quad'>[] {
  const pieces = lines.flatMap((line) => {
    const [[x0, y0], [x1, y1]] = line.quad;
    const [, , , [, y3]] = line.quad;
    const isLevel = y0 === y1 && x1 - x0 > LEAST_POINTS && y3 - y0 > LEAST_POINTS;
    return isLevel ? [pieceOf(line)] : [];
  });
  const readable = pieces.filter(({ text }) => {
    const letters = [...text.replaceAll(' ', '')];
    return letters.length >= LEAST_LETTERS && letters.every((letter) => READABLE.test(letter));
  });
  const longest = [...readable]
    .sort((a, b) => b.text.length - a.text.length)
    .slice(0, Math.max(count, readable.length >> 1));
  const ordered = readable.filter((piece) => longest.includes(piece));
  return Array.from({ length: Math.min(count, ordered.length) }, (_, i) => {
    return ordered[Math.floor(((i + 0.5) * ordered.length) / Math.min(count, ordered.length))]!;
  });
}

function pieceOf({ words }: Line): Pick<Line, 'text' | 'quad'> {
  let letters = 0;
  const taken = words.filter((word, index) => {
    letters += word.text.length;
    return index === 0 || letters <= MOST_LETTERS;
  });
  const { left, top, right, bottom } = boxAround(taken.map(({ quad }) => quad));
  return {
    text: taken.map(({ text }) => text).join(' '),
    quad: [
      [left, top],
      [right, top],
      [right, bottom],
      [left, bottom],
    ],
  };
}

function cropOf(page: PdfPage, { quad }: Pick<Line, 'quad'>): Raster {
  const { left, top, right, bottom } = boxAround([quad]);
  const scale = Math.min(SAMPLE_PIXELS / (bottom - top), MOST_WIDTH / (right - left));
  return render(page, {
    scale,
    left: Math.round(left * scale) - SAMPLE_MARGIN,
    top: Math.round(top * scale) - SAMPLE_MARGIN / 4,
    width: Math.ceil((right - left) * scale) + 2 * SAMPLE_MARGIN,
    height: Math.ceil((bottom - top) * scale) + SAMPLE_MARGIN / 2,
  });
}

/** Crops one below the other on white, so that they are searched for lines at once. */
function stacked(crops: readonly Raster[]): Raster {
  const width = Math.max(...crops.map((crop) => crop.width));
  const height = crops.reduce((sum, crop) => sum + crop.height + SAMPLE_MARGIN, SAMPLE_MARGIN);
  const data = new Uint8Array(width * height * 3).fill(255);
  let top = SAMPLE_MARGIN;
  for (const crop of crops) {
    for (let y = 0; y < crop.height; y += 1) {
      for (let x = 0; x < crop.width; x += 1) {
        for (let c = 0; c < 3; c += 1) {
          const from = (y * crop.width + x) * crop.channels + Math.min(c, crop.channels - 1);
          data[((top + y) * width + x) * 3 + c] = crop.data[from]!;
        }
      }
    }
    top += crop.height + SAMPLE_MARGIN;
  }
  return { width, height, channels: 3, data };
}

/** How many pairs of neighbouring letters both have, as the harmonic mean of both parts; undefined where too little was read for sure. */
function likeness(said: readonly string[], seen: PageText): number | undefined {
  const lines = seen.blocks.flatMap((block) => block.lines).filter(({ confidence }) => confidence >= LEAST_CONFIDENCE);
  const [a, b] = [pairsOf(said), pairsOf(lines.map(({ text }) => text))];
  const [most, read] = [countOf(a), countOf(b)];
  if (read < LEAST_LETTERS) return undefined;
  let both = 0;
  for (const [pair, count] of a) both += Math.min(count, b.get(pair) ?? 0);
  return (2 * both) / (most + read);
}

function pairsOf(lines: readonly string[]): Map<string, number> {
  const pairs = new Map<string, number>();
  for (const line of lines) {
    const letters = [...line.normalize('NFKC').toLowerCase().replace(/\s/g, '')];
    for (let i = 1; i < letters.length; i += 1) {
      const pair = `${letters[i - 1]}${letters[i]}`;
      pairs.set(pair, (pairs.get(pair) ?? 0) + 1);
    }
  }
  return pairs;
}

function countOf(pairs: ReadonlyMap<string, number>): number {
  return [...pairs.values()].reduce((sum, count) => sum + count, 0);
}
