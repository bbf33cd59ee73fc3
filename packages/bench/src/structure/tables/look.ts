import { between, pick } from './contents.ts';
import type { Ruling } from './specimen.ts';

/** How a table is drawn. Lengths are in pixels. */
export interface Look {
  readonly font: string;
  readonly size: number;
  readonly padX: number;
  readonly padY: number;
  /** Where cells of words stand; numbers stand right unless `numbersLeft`. */
  readonly align: 'left' | 'center';
  readonly numbersLeft: boolean;
  readonly stroke: number;
  readonly ink: string;
  readonly strokeInk: string;
  readonly double: boolean;
  /** Which strokes there are. */
  readonly strokes: {
    readonly frame: boolean;
    readonly rows: boolean;
    readonly columns: boolean;
    readonly head: boolean;
    readonly ends: boolean;
  };
  readonly headFill: string | undefined;
  readonly headInk: string;
  readonly zebra: string | undefined;
  readonly boldHead: boolean;
}

const NONE = { frame: false, rows: false, columns: false, head: false, ends: false };
const PARTLY = [
  { ...NONE, head: true, ends: true },
  { ...NONE, head: true },
  { ...NONE, rows: true, ends: true },
  { ...NONE, frame: true, head: true },
  { ...NONE, columns: true, head: true },
  { ...NONE, frame: true, columns: true, head: true },
] as const;

export function lookOf(random: () => number, ruling: Ruling, fonts: readonly string[], size: number): Look {
  const darkHead = random() < 0.2;
  const lightHead = !darkHead && random() < 0.3;
  const grey = Math.round(between(random, 90, 190));
  const ruled = { frame: random() < 0.85, rows: true, columns: true, head: true, ends: true };
  return {
    font: pick(random, fonts),
    size,
    padX: size * between(random, ruling === 'unruled' ? 0.5 : 0.25, 0.9),
    padY: size * between(random, ruling === 'ruled' ? 0.15 : 0.1, 0.6),
    align: random() < 0.75 ? 'left' : 'center',
    numbersLeft: random() < 0.25,
    stroke: pick(random, [1, 1, 2, 2, 3, 4]),
    ink: pick(random, ['#111', '#222', '#333', '#1a1a50']),
    strokeInk: random() < 0.35 ? `rgb(${grey},${grey},${grey})` : '#1c1c1c',
    double: ruling === 'ruled' && random() < 0.1,
    strokes: ruling === 'unruled' ? NONE : ruling === 'ruled' ? ruled : pick(random, PARTLY),
    headFill: darkHead
      ? pick(random, ['#203a60', '#303030', '#6a2020'])
      : lightHead
        ? pick(random, ['#dddddd', '#e8eef6', '#c8c8c8'])
        : undefined,
    headInk: darkHead ? '#ffffff' : '#111',
    zebra: random() < 0.25 ? pick(random, ['#f0f0f0', '#e6e6e6', '#eef4ff']) : undefined,
    boldHead: random() < 0.6,
  };
}
