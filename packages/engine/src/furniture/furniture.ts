import type { Blank, Checkbox, Line } from '@docusnap/contracts';
import { skewOf } from '../arrange/placed.ts';
import type { Bounds } from '../geometry/bounds.ts';
import type { Raster } from '../raster.ts';
import type { Rulings } from '../rulings/rulings.ts';
import { blankBoxes } from './blank-boxes.ts';
import { blankLines } from './blank-lines.ts';
import { findCheckboxes } from './checkboxes.ts';
import { frameOf } from './frame.ts';
import { printOf } from './print.ts';
import { barsOf } from './strokes.ts';
import { writtenBlanks } from './written-blanks.ts';

/** What a form has beside its print: boxes to tick, and places to write in. */
export interface Furniture {
  readonly checkboxes: Checkbox[];
  readonly blanks: Blank[];
}

/** What is known of the page that furniture is looked for on. */
export interface KnownPage {
  readonly lines: readonly Line[];
  readonly rulings: Rulings;
  /** How far the print is turned clockwise, in degrees; as its lines run unless given. */
  readonly angle?: number;
}

/** Finds boxes to tick and places to write in by their geometry; what is recognised tells which of them are letters. */
export function findFurniture(page: Raster, { lines, rulings, angle = degreesOf(lines) }: KnownPage): Furniture {
  const frame = frameOf(page, angle);
  const print = printOf(frame, lines);
  const bars = barsOf(frame, rulings);
  const drawn = blankLines(frame, bars, print);
  const written = writtenBlanks(print).filter((blank) => !drawn.some((other) => overlap(blank, other)));
  const places = [
    ...[...drawn, ...written].map((bounds) => ({ kind: 'line' as const, bounds })),
    ...blankBoxes(frame, bars, print).map((bounds) => ({ kind: 'box' as const, bounds })),
  ].sort((a, b) => a.bounds.bottom - b.bounds.bottom || a.bounds.left - b.bounds.left);
  return {
    checkboxes: findCheckboxes(frame, print),
    blanks: places.map(({ kind, bounds }) => ({ kind, quad: frame.quadOf(bounds) })),
  };
}

function degreesOf(lines: readonly Line[]): number {
  return (skewOf(lines) * 180) / Math.PI;
}

function overlap(a: Bounds, b: Bounds): boolean {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}
