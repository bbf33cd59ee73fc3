import type { Line, PageText } from '@docusnap/contracts';
import { findFurniture, findRulings, findTables, type Raster, type Rulings, type Stroke } from '@docusnap/engine';
import type { PdfPage } from './page.ts';
import type { PageObjects } from './pictures.ts';
import { moved } from './regions.ts';
import { render } from './render.ts';
import { POINTS, pixelsOf } from './resolution.ts';

/**
 * Pixels an inch at which a page is looked at for strokes and boxes: a hairline is then a pixel wide, a box as high as print of 10 points 15, and
 * there is a third of the pixels of 200.
 */
const DPI = 110;
/** Of a poster: pixels looked at at most. */
const MOST_PIXELS = 3_000_000;
/** Boxes that are letters of a font, ticked or not. */
const BOXES = /[\u2610-\u2612\u25A0-\u25A3\u25A1\u25CB\u25CF\u25EF\u25FB-\u25FE\u2B1C\u2B1B\uF06F\uF0A8\uF0FD\uF0FE]/u;

/** What stands on a page beside its text, in the space of its PageText. */
export type Structure = Required<Pick<PageText, 'tables' | 'checkboxes' | 'blanks'>>;

/** @param lines in the space of the PageText, which has `scale` pixels a point */
export function structureOf(page: PdfPage, objects: PageObjects, lines: readonly Line[], scale: number): Structure {
  const isDrawn = objects.hasDrawings || objects.pictures.length > 0 || lines.some(({ text }) => BOXES.test(text));
  if (!isDrawn) return { tables: findTables(lines, NONE), ...withoutDrawings(lines) };
  const own = Math.min(scale, DPI / POINTS, Math.sqrt(MOST_PIXELS / (page.width * page.height)));
  const raster = render(page, { scale: own, left: 0, top: 0, ...pixelsOf(page, own) });
  const rulings = findRulings(raster);
  const factor = scale / own;
  const seen = lines.map((line) => moved(line, ([x, y]) => [x / factor, y / factor]));
  const { checkboxes, blanks } = findFurniture(raster, { lines: seen, rulings });
  return {
    tables: findTables(lines, enlarged(rulings, factor)),
    checkboxes: checkboxes.map((one) => ({ ...one, quad: quadTimes(one.quad, factor) })),
    blanks: blanks.map((one) => ({ ...one, quad: quadTimes(one.quad, factor) })),
  };
}
const NONE: Rulings = { horizontal: [], vertical: [] };

/** Rows of underscores need no pixels. */
function withoutDrawings(lines: readonly Line[]): Pick<Structure, 'checkboxes' | 'blanks'> {
  const paper: Raster = { width: 1, height: 1, channels: 1, data: Uint8Array.of(255) };
  return findFurniture(paper, { lines, rulings: NONE });
}

function enlarged({ horizontal, vertical }: Rulings, factor: number): Rulings {
  const larger = ({ from, to, thickness }: Stroke): Stroke => ({
    from: [from[0] * factor, from[1] * factor],
    to: [to[0] * factor, to[1] * factor],
    thickness: thickness * factor,
  });
  return { horizontal: horizontal.map(larger), vertical: vertical.map(larger) };
}

/** To hundredths of a pixel: finer is noise. */
function quadTimes([a, b, c, d]: Line['quad'], factor: number): Line['quad'] {
  const times = ([x, y]: [number, number]): [number, number] => [
    Math.round(x * factor * 100) / 100,
    Math.round(y * factor * 100) / 100,
  ];
  return [times(a), times(b), times(c), times(d)];
}
