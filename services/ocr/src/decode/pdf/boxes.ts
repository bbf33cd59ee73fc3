import type { Quad } from '@docusnap/contracts';
import type { Box } from './page.ts';

/** The upright box around quads; there is at least one. */
export function boxAround(quads: readonly Quad[]): Box {
  const xs = quads.flatMap((quad) => quad.map(([x]) => x));
  const ys = quads.flatMap((quad) => quad.map(([, y]) => y));
  return { left: Math.min(...xs), top: Math.min(...ys), right: Math.max(...xs), bottom: Math.max(...ys) };
}

export function areaOf({ left, top, right, bottom }: Box): number {
  return Math.max(0, right - left) * Math.max(0, bottom - top);
}

export function overlapOf(a: Box, b: Box): Box {
  return {
    left: Math.max(a.left, b.left),
    top: Math.max(a.top, b.top),
    right: Math.min(a.right, b.right),
    bottom: Math.min(a.bottom, b.bottom),
  };
}

/** Boxes that overlap, or are no further apart than `gap`, as one around both; until none are left that do. */
export function merged(boxes: readonly Box[], gap: number): Box[] {
  const apart: Box[] = [];
  for (const box of boxes) {
    let whole = box;
    for (;;) {
      const near = apart.findIndex((other) => isNear(other, whole, gap));
      if (near < 0) break;
      const [other] = apart.splice(near, 1) as [Box];
      whole = unionOf(other, whole);
    }
    apart.push(whole);
  }
  return apart;
}

export function unionOf(a: Box, b: Box): Box {
  return {
    left: Math.min(a.left, b.left),
    top: Math.min(a.top, b.top),
    right: Math.max(a.right, b.right),
    bottom: Math.max(a.bottom, b.bottom),
  };
}

function isNear(a: Box, b: Box, gap: number): boolean {
  return a.left <= b.right + gap && b.left <= a.right + gap && a.top <= b.bottom + gap && b.top <= a.bottom + gap;
}
