import type { Point, Quad } from '@docusnap/contracts';
import type { Rectangle } from './rectangle.ts';

/**
 * A parallelogram that holds a line of print, in page pixels (pixel centres at .5). `origin` is where reading starts, `along` runs to the
 * end of the line, `across` from the top to the foot of its letters. A rectangle found on a page that was scaled differently in
 * width and height is one of these on the page.
 */
export interface Region {
  readonly origin: Point;
  readonly along: Point;
  readonly across: Point;
}

/** The region of a rectangle, after stretching the plane by `scaleX` and `scaleY`; reading goes along the rectangle's axis. */
export function regionOf(rectangle: Rectangle, scaleX = 1, scaleY = 1): Region {
  const { centre, axis, width, height } = rectangle;
  const [ux, uy] = axis;
  return {
    origin: [
      (centre[0] - (ux * width - uy * height) / 2) * scaleX,
      (centre[1] - (uy * width + ux * height) / 2) * scaleY,
    ],
    along: [ux * width * scaleX, uy * width * scaleY],
    across: [-uy * height * scaleX, ux * height * scaleY],
  };
}

/** The same parallelogram read the other way round. */
export function turnedBack({ origin, along, across }: Region): Region {
  return {
    origin: [origin[0] + along[0] + across[0], origin[1] + along[1] + across[1]],
    along: [-along[0], -along[1]],
    across: [-across[0], -across[1]],
  };
}

/** The same parallelogram read from its top down: for lines that run down the page, the tops of their letters to the right. */
export function turnedDown({ origin, along, across }: Region): Region {
  return { origin: [origin[0] + along[0], origin[1] + along[1]], along: across, across: [-along[0], -along[1]] };
}

/** Part of a region: from the fraction `start` to the fraction `end` of its length. */
export function stretchOf({ origin, along, across }: Region, start: number, end: number): Region {
  return {
    origin: [origin[0] + along[0] * start, origin[1] + along[1] * start],
    along: [along[0] * (end - start), along[1] * (end - start)],
    across,
  };
}

/** The same region with more room above and below, by this part of its height on each side. */
export function widenedAcross({ origin, along, across }: Region, part: number): Region {
  return {
    origin: [origin[0] - across[0] * part, origin[1] - across[1] * part],
    along,
    across: [across[0] * (1 + 2 * part), across[1] * (1 + 2 * part)],
  };
}

export function lengthOf({ along }: Region): number {
  return Math.hypot(along[0], along[1]);
}

export function heightOf({ across }: Region): number {
  return Math.hypot(across[0], across[1]);
}

/** The corners, clockwise from where reading starts, rounded to hundredths of a pixel (finer is noise, and longer JSON). */
export function quadOf({ origin: [x, y], along, across }: Region): Quad {
  return [
    [rounded(x), rounded(y)],
    [rounded(x + along[0]), rounded(y + along[1])],
    [rounded(x + along[0] + across[0]), rounded(y + along[1] + across[1])],
    [rounded(x + across[0]), rounded(y + across[1])],
  ];
}

function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}
