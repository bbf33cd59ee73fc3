import type { Quad } from '@docusnap/contracts';
import { upright } from './rows.ts';

/** An upright box in the space that rows are in: the page's angle is turned back. In pixels. */
export interface Box {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

export function boxOf(quad: Quad, angle: number): Box {
  const turned = upright(quad, angle);
  const [xs, ys] = [turned.map(([x]) => x), turned.map(([, y]) => y)];
  return { left: Math.min(...xs), right: Math.max(...xs), top: Math.min(...ys), bottom: Math.max(...ys) };
}

/** A box as a quad of the page. */
export function quadOf({ left, right, top, bottom }: Box, angle: number): Quad {
  const corners: Quad = [
    [left, top],
    [right, top],
    [right, bottom],
    [left, bottom],
  ];
  return upright(corners, -angle);
}

export function union(boxes: readonly Box[]): Box {
  return {
    left: Math.min(...boxes.map(({ left }) => left)),
    right: Math.max(...boxes.map(({ right }) => right)),
    top: Math.min(...boxes.map(({ top }) => top)),
    bottom: Math.max(...boxes.map(({ bottom }) => bottom)),
  };
}

/** How much of a box's width another one takes, from 0 to 1. */
export function shareAcross(box: Box, other: Box): number {
  const common = Math.min(box.right, other.right) - Math.max(box.left, other.left);
  return Math.max(0, common) / Math.max(1, box.right - box.left);
}
