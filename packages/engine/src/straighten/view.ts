import { heightOf, lengthOf, type Region, turnedBack, turnedDown } from '../geometry/region.ts';
import type { Size } from '../prepare/working-size.ts';

/** How many quarter turns clockwise the print stands away from upright on the page as delivered. */
export type Quarter = 0 | 1 | 2 | 3;

/** The whole page as its print reads: `along` runs the way its lines run, `across` from the first line to the last. In page pixels. */
export function viewOf({ width, height }: Size, quarter: Quarter): Region {
  const page: Region = { origin: [0, 0], along: [width, 0], across: [0, height] };
  const read = quarter % 2 === 0 ? page : turnedDown(page);
  return quarter < 2 ? read : turnedBack(read);
}

/** A region in the pixels of a view (origin at the view's own, x along it) as the same region in page pixels. */
export function throughView({ origin, along, across }: Region, view: Region): Region {
  const [length, height] = [lengthOf(view), heightOf(view)];
  const [ux, uy] = [view.along[0] / length, view.along[1] / length];
  const [vx, vy] = [view.across[0] / height, view.across[1] / height];
  const turned = ([x, y]: Region['origin']): [number, number] => [x * ux + y * vx, x * uy + y * vy];
  const [x, y] = turned(origin);
  return { origin: [view.origin[0] + x, view.origin[1] + y], along: turned(along), across: turned(across) };
}
