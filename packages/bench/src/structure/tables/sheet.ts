import { fontFile, seededRandom } from '@docusnap/testing';
import { createCanvas, GlobalFonts, type SKRSContext2D } from '@napi-rs/canvas';
import { between, pick, whole } from './contents.ts';
import { type Layout, layoutOf } from './layout.ts';
import { lookOf } from './look.ts';
import { paintTable } from './paint.ts';
import { type Page, paintProse } from './prose.ts';
import { type Ruling, type Specimen, specimenOf } from './specimen.ts';
import { withoutTables } from './without-tables.ts';

for (const name of ['sans', 'sans-bold', 'serif', 'serif-bold', 'mono', 'condensed'] as const) {
  GlobalFonts.registerFromPath(fontFile(name));
}
const FONTS = [
  'DejaVu Sans',
  'DejaVu Serif',
  'DejaVu Sans',
  'DejaVu Sans Mono',
  'Liberation Sans',
  'Liberation Serif',
].filter((name) => GlobalFonts.has(name));
const HAN_FONTS = ['WenQuanYi Micro Hei', 'Noto Sans CJK SC', 'WenQuanYi Zen Hei'].filter((name) =>
  GlobalFonts.has(name),
);
/** Of tables, where the machine has a font with Han characters. */
const HAN_PART = 0.08;

/** Sheets from a photograph of a screen to a scan at 300 dpi, with the least and largest print on them. */
const SHEETS = [
  { width: 850, height: 1100, print: [13, 17] },
  { width: 1240, height: 1754, print: [18, 26] },
  { width: 1754, height: 1240, print: [18, 26] },
  { width: 1700, height: 2200, print: [24, 36] },
  { width: 2480, height: 3508, print: [36, 50] },
] as const;

export interface DrawnTable {
  readonly specimen: Specimen;
  readonly layout: Layout;
  /** Where it stands on the page before that is turned. */
  readonly at: readonly [number, number];
}

/** A drawn page and what is on it. */
export interface Sheet {
  readonly image: Buffer;
  readonly width: number;
  readonly height: number;
  /** How far it was turned around its middle, clockwise. */
  readonly degrees: number;
  readonly tables: readonly DrawnTable[];
}

/** A page with one or two tables of a ruling, or, with none, of what may be taken for one. */
export function drawSheet(seed: number, ruling: Ruling | 'none'): Sheet {
  const random = seededRandom(seed * 7919 + ruling.length);
  const { width, height, print } = pick(random, SHEETS);
  const size = Math.round(between(random, print[0], print[1]));
  const degrees = random() < 0.4 ? 0 : between(random, -3, 3);
  const canvas = createCanvas(width, height);
  const context = canvas.getContext('2d');
  context.fillStyle = pick(random, ['#ffffff', '#fcfcfa', '#f6f4ee']);
  context.fillRect(0, 0, width, height);
  context.translate(width / 2, height / 2);
  context.rotate((degrees * Math.PI) / 180);
  context.translate(-width / 2, -height / 2);
  const margin = Math.round(width * 0.07);
  const page = { context, random, width, height, margin, size, fonts: FONTS };
  const tables = ruling === 'none' ? [] : paintTables(page, ruling);
  if (ruling === 'none') withoutTables(page);
  addGrain(context, random, width, height);
  const quality = whole(random, 55, 92);
  return { image: canvas.toBuffer('image/jpeg', quality), width, height, degrees, tables };
}

function paintTables(page: Page, ruling: Ruling): DrawnTable[] {
  const { context, random, width, height, margin, size, fonts } = page;
  const font = pick(random, fonts);
  const tables: DrawnTable[] = [];
  let y = margin;
  if (random() < 0.7)
    y = paintProse(page, { x: margin, y, width: width - 2 * margin, lines: whole(random, 1, 5), font }) + size * 1.5;
  for (let wanted = random() < 0.3 ? 2 : 1; wanted > 0; wanted -= 1) {
    const drawn = fitting(page, ruling, height - margin - y);
    if (!drawn) break;
    const wide = drawn.layout.xs[drawn.layout.xs.length - 1]!;
    const tall = drawn.layout.ys[drawn.layout.ys.length - 1]!;
    const beside = width - 2 * margin - wide;
    // Prose stands beside a table only where there is room for some.
    const hasProse = beside > 16 * size && tall > 7 * size && random() < 0.6;
    const isRight = hasProse && random() < 0.5;
    const x = isRight ? width - margin - wide : margin + (hasProse ? 0 : random() * 0.3 * beside);
    paintTable(context, drawn, [x, y]);
    if (hasProse) {
      const at = isRight ? margin : x + wide + 2.5 * size;
      paintProse(page, { x: at, y, width: beside - 2.5 * size, lines: Math.floor(tall / (1.4 * size)), font });
    }
    tables.push({ specimen: drawn.specimen, layout: drawn.layout, at: [x, y] });
    y += tall + size * 2;
    if (random() < 0.6 && y + 4 * size < height - margin) {
      y = paintProse(page, { x: margin, y, width: width - 2 * margin, lines: whole(random, 1, 3), font }) + size * 1.5;
    }
  }
  return tables;
}

function fitting(page: Page, ruling: Ruling, room: number) {
  const { context, random, width, margin, size, fonts } = page;
  for (let tries = 0; tries < 60; tries += 1) {
    const han = HAN_FONTS.length > 0 && random() < HAN_PART;
    const specimen = specimenOf(random, ruling, { han });
    const look = lookOf(random, ruling, han ? HAN_FONTS : fonts, Math.round(size * between(random, 0.8, 1.05)));
    const layout = layoutOf(context, specimen, look, width - 2 * margin);
    if (layout && layout.ys[layout.ys.length - 1]! <= room) return { specimen, look, layout };
  }
  return undefined;
}

/** Grain as a sensor has it, the same in all channels. */
function addGrain(context: SKRSContext2D, random: () => number, width: number, height: number): void {
  const most = between(random, 0, 18);
  const image = context.getImageData(0, 0, width, height);
  const { data } = image;
  for (let at = 0; at < data.length; at += 4) {
    const off = (random() + random() - 1) * most;
    data[at] = data[at]! + off;
    data[at + 1] = data[at + 1]! + off;
    data[at + 2] = data[at + 2]! + off;
  }
  context.putImageData(image, 0, 0);
}
