import type { Raster } from '../raster.ts';
import type { Chain } from './chains.ts';
import { STEP } from './profiles.ts';
import type { Stroke } from './rulings.ts';

export type Axis = 'horizontal' | 'vertical';

/** A stroke shows, against both of its sides, at this part of its pixels ... */
const SOLID = 0.78;
/** ... at this part, where it is shorter than so many pixels, as words are ... */
const SOLID_SHORT = 0.93;
const SHORT = 140;
/** Its pixels are at least so much of what the darker ones of them are. */
const AS_DARK = 0.4;
/** ... or, dashed or dotted, at this part, at even distances. */
const DOTTED = 0.28;
/** Grey levels that it is darker than its sides there. */
const LEAST_DEPTH = 14;
/** Pixels beyond a stroke's edge at which its sides are looked at. */
const BESIDE = [0, 1, 3] as const;
/** Of dots: their distances differ by less than this part of the middle one, and there are at least so many. */
const EVEN = 0.25;
const LEAST_DOTS = 14;
/** Pixels from dot to dot at most: digits of equal width stand further apart. */
const MOST_PERIOD = 12;
/** What is dotted is thin, in pixels. */
const MOST_DOT = 5;
/** Shorter strokes, in pixels, are parts of letters. */
const LEAST_LENGTH = 36;
/** A straight stroke keeps so near to its line, in pixels. */
const MOST_BEND = 1.6;
/** It is at least so many times as long as it is thick. */
const SLENDER = 5;

/** Those chains that are strokes, once the pixels along them are looked at. */
export function provenStrokes(page: Raster, chains: readonly Chain[], axis: Axis): Stroke[] {
  const strokes: Stroke[] = [];
  for (const chain of chains) {
    const line = lineOf(chain);
    if (line === undefined) continue;
    const sight = sightAlong(page, line, axis);
    const least = inkDepth(sight, line);
    if (least !== undefined) strokes.push(...partsOf(sight, line, { axis, least }));
  }
  return strokes;
}

/**
 * Grey levels from which a pixel on the line counts as ink, by some samples along it; undefined where few are darker than their sides. Most chains
 * are rows of letters, and end here, before all of their pixels are looked at.
 */
function inkDepth(sight: Sight, { start, end, thickness }: StraightLine): number | undefined {
  const step = (end - start) / SAMPLES;
  const mayBeDotted = end - start >= LEAST_DOTTED && thickness <= MOST_DOT;
  const mostPaper = SAMPLES * (1 - (mayBeDotted ? DOTTED / 2 : PROMISING));
  const dark = new Float64Array(SAMPLES);
  let shown = 0;
  let paper = 0;
  for (let at = start + step / 2; at < end; at += step) {
    const depth = depthAt(sight, Math.floor(at), LEAST_DEPTH);
    if (depth > 0) dark[shown++] = depth;
    else paper += 1;
    if (paper > mostPaper) return undefined;
  }
  const strong = dark.subarray(0, shown).sort()[Math.floor(shown * 0.75)]!;
  return Math.max(LEAST_DEPTH, AS_DARK * strong);
}
/** A chain of four dips is longer than so many pixels. */
const SAMPLES = 24;
const PROMISING = 0.66;
/** Pixels from which on a row of dots is a stroke. */
const LEAST_DOTTED = 128;

/** across = offset + slope * along, in pixels of the page, from `start` to `end`. */
interface StraightLine {
  readonly offset: number;
  readonly slope: number;
  readonly start: number;
  readonly end: number;
  readonly thickness: number;
}

/** The line through a chain (least squares, once more without what lies off it); undefined where it bends. */
function lineOf(chain: Chain): StraightLine | undefined {
  const fitted = fit(chain);
  const near = chain.filter(
    ({ strip, at }) => Math.abs(at - fitted.offset - fitted.slope * middleOf(strip)) <= MOST_BEND,
  );
  if (near.length < chain.length * 0.7 || near.length < 3) return undefined;
  const { offset, slope } = near.length === chain.length ? fitted : fit(near);
  const widths = new Float64Array(near.length);
  for (let i = 0; i < near.length; i += 1) widths[i] = near[i]!.thickness;
  widths.sort();
  return {
    offset,
    slope,
    start: near[0]!.strip * STEP,
    end: (near[near.length - 1]!.strip + 1) * STEP,
    thickness: widths[widths.length >> 1]!,
  };
}

function middleOf(strip: number): number {
  return strip * STEP + (STEP - 1) / 2;
}

function fit(chain: Chain): { offset: number; slope: number } {
  let [sumX, sumY, sumXx, sumXy] = [0, 0, 0, 0];
  for (const { strip, at } of chain) {
    const x = middleOf(strip);
    sumX += x;
    sumY += at;
    sumXx += x * x;
    sumXy += x * at;
  }
  const n = chain.length;
  const spread = n * sumXx - sumX * sumX;
  const slope = spread > 0 ? (n * sumXy - sumX * sumY) / spread : 0;
  return { offset: (sumY - slope * sumX) / n, slope };
}

/** The parts of a line along which there is a stroke: a chain may run on from a stroke into letters. */
function partsOf(
  sight: Sight,
  line: StraightLine,
  { axis, least }: { readonly axis: Axis; readonly least: number },
): Stroke[] {
  const from = Math.max(0, line.start - 2 * STEP);
  const to = Math.min(sight.long, line.end + 2 * STEP);
  const shown = new Uint8Array(to - from);
  for (let i = 0; i < shown.length; i += 1) shown[i] = depthAt(sight, from + i, least) > 0 ? 1 : 0;
  const parts = solidRuns(shown).filter(({ start, end, ink }) => {
    const length = end - start;
    const solid = length < SHORT ? SOLID_SHORT : SOLID;
    return length >= Math.max(LEAST_LENGTH, SLENDER * line.thickness) && ink >= solid * length;
  });
  if (parts.length > 0) return parts.map(({ start, end }) => strokeOf(line, from + start, from + end, axis));
  const dots = line.thickness > MOST_DOT ? undefined : dottedRun(shown);
  return dots ? [strokeOf(line, from + dots.start, from + dots.end, axis)] : [];
}

/** A line and the page it lies on, ready to be looked at pixel by pixel. */
interface Sight {
  readonly data: Uint8Array;
  /** Pixels along the axis. */
  readonly long: number;
  /** The last pixel across it. */
  readonly last: number;
  /** Places in `data` from one pixel to the next, along and across. */
  readonly forth: number;
  readonly step: number;
  /** To the second colour that counts. */
  readonly more: number;
  readonly offset: number;
  readonly slope: number;
  /** Pixels from the line's middle to its sides, at the nearest. */
  readonly aside: number;
}

function sightAlong({ data, width, height, channels }: Raster, line: StraightLine, axis: Axis): Sight {
  const isLevel = axis === 'horizontal';
  return {
    data,
    long: isLevel ? width : height,
    last: (isLevel ? height : width) - 1,
    forth: (isLevel ? 1 : width) * channels,
    step: (isLevel ? width : 1) * channels,
    more: channels === 1 ? 0 : 1,
    offset: line.offset,
    slope: line.slope,
    aside: Math.ceil(line.thickness / 2) + 1,
  };
}

/** Grey levels that the line is darker there than the darker one of its two sides; 0 where that is less than `least`. */
function depthAt(sight: Sight, along: number, least: number): number {
  const { data, last, step, more } = sight;
  const exact = sight.offset + sight.slope * along;
  const middle = Math.floor(exact);
  const part = exact - middle;
  if (middle < 1 || middle > last - 2) return 0;
  const at = middle * step + along * sight.forth;
  const ink = (data[at]! + data[at + more]!) * (1 - part) + (data[at + step]! + data[at + step + more]!) * part;
  const nearest = part < 0.5 ? middle : middle + 1;
  const before = lightestBeside(sight, { at: at + (nearest - middle) * step, way: -step, most: nearest });
  if ((before - ink) / 2 < least) return 0;
  const after = lightestBeside(sight, { at: at + (nearest - middle) * step, way: step, most: last - nearest });
  return (after - ink) / 2 < least ? 0 : (Math.min(before, after) - ink) / 2;
}

/** The lightest of three pixels on one side: a letter may touch the stroke there, or a second one run beside it. */
function lightestBeside(
  { data, more, aside }: Sight,
  { at, way, most }: { at: number; way: number; most: number },
): number {
  const a = at + way * Math.min(most, aside + BESIDE[0]);
  const b = at + way * Math.min(most, aside + BESIDE[1]);
  const c = at + way * Math.min(most, aside + BESIDE[2]);
  return Math.max(data[a]! + data[a + more]!, data[b]! + data[b + more]!, data[c]! + data[c + more]!);
}

/** The longest stretches of which at least `SOLID` is ink and that begin and end with it; gaps up to two strips are bridged. */
function solidRuns(shown: Uint8Array): { start: number; end: number; ink: number }[] {
  const runs: { start: number; end: number; ink: number }[] = [];
  let i = 0;
  while (i < shown.length) {
    if (shown[i] === 0) {
      i += 1;
      continue;
    }
    let end = i;
    while (end < shown.length && shown[end] === 1) end += 1;
    const last = runs[runs.length - 1];
    const ink = end - i;
    if (last && i - last.end <= GAP && (last.ink + ink) / (end - last.start) >= SOLID) {
      last.end = end;
      last.ink += ink;
    } else if (last && last.ink < 4) runs[runs.length - 1] = { start: i, end, ink };
    else runs.push({ start: i, end, ink });
    i = end;
  }
  return runs;
}
const GAP = 2 * STEP;

/** The stretch of evenly spaced dots or dashes, if that is what it is. */
function dottedRun(shown: Uint8Array): { start: number; end: number } | undefined {
  const starts: number[] = [];
  let ink = 0;
  let end = 0;
  for (let i = shown.indexOf(1); i >= 0; i = shown.indexOf(1, end)) {
    starts.push(i);
    end = shown.indexOf(0, i);
    if (end < 0) end = shown.length;
    ink += end - i;
  }
  const [start] = starts;
  if (start === undefined || starts.length < LEAST_DOTS || ink < DOTTED * (end - start)) return undefined;
  const distances = starts.slice(1).map((at, index) => at - starts[index]!);
  const middle = [...distances].sort((a, b) => a - b)[distances.length >> 1]!;
  if (middle > MOST_PERIOD) return undefined;
  const even = distances.filter((distance) => Math.abs(distance - middle) <= Math.max(1.5, EVEN * middle));
  return even.length >= 0.85 * distances.length ? { start, end } : undefined;
}

/** Pixel centres lie at .5. */
function strokeOf({ offset, slope, thickness }: StraightLine, start: number, end: number, axis: Axis): Stroke {
  const point = (along: number): [number, number] => {
    const across = offset + slope * (along - 0.5) + 0.5;
    return axis === 'horizontal' ? [along, across] : [across, along];
  };
  return { from: point(start), to: point(end), thickness };
}
