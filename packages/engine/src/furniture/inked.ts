import type { Frame } from './frame.ts';

/** How much of a row or a column is ink, 0..1: `part` allows one pixel aside, where outlines step, `exact` none. Ends are inclusive. */

export function isNear({ isInk }: Frame, u: number, v: number): boolean {
  return isInk(u, v) || isInk(u - 1, v) || isInk(u + 1, v);
}

export function isNearAcross({ isInk }: Frame, u: number, v: number): boolean {
  return isInk(u, v) || isInk(u, v - 1) || isInk(u, v + 1);
}

/** The part of a column, one pixel to either side allowed, that is ink. */
export function partDown({ ink, width, height }: Frame, u: number, from: number, to: number): number {
  const first = Math.max(0, from);
  const last = Math.min(height - 1, to);
  let shown = 0;
  if (u > 0 && u < width - 1) {
    // Asked for most of all: not pixel by pixel through isInk.
    let at = first * width + u;
    for (let v = first; v <= last; v += 1) {
      shown += ink[at]! | ink[at - 1]! | ink[at + 1]!;
      at += width;
    }
  }
  return shown / Math.max(1, to - from + 1);
}

export function partAcross(frame: Frame, v: number, from: number, to: number): number {
  let ink = 0;
  for (let u = from; u <= to; u += 1) if (isNearAcross(frame, u, v)) ink += 1;
  return ink / Math.max(1, to - from + 1);
}

export function exactDown({ isInk }: Frame, u: number, from: number, to: number): number {
  let ink = 0;
  for (let v = from; v <= to; v += 1) if (isInk(u, v)) ink += 1;
  return ink / Math.max(1, to - from + 1);
}

export function exactAcross({ isInk }: Frame, v: number, from: number, to: number): number {
  let ink = 0;
  for (let u = from; u <= to; u += 1) if (isInk(u, v)) ink += 1;
  return ink / Math.max(1, to - from + 1);
}
