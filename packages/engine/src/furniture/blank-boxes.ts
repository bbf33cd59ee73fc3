import type { Bounds } from '../geometry/bounds.ts';
import type { Frame } from './frame.ts';
import type { Print } from './print.ts';
import { areAligned, type Bar, type Bars, lengthOf, sideAt } from './strokes.ts';

/** Parts of the height of print. Sides of a box to write in, at least: smaller ones are boxes to tick. */
const LEAST_WIDTH = 2;
const LEAST_HEIGHT = 0.8;
/** Corners meet within this. */
const CORNER = 0.4;
/** The part of the inside that may be ink. */
const MOST_INK = 0.01;

/** Empty boxes of four strokes that belong to no grid. */
export function blankBoxes(frame: Frame, { level, upright }: Bars, { words, heights }: Print): Bounds[] {
  const unit = heights.middle;
  const slack = Math.max(5, CORNER * unit);
  const boxes: Bounds[] = [];
  for (const top of level) {
    if (lengthOf(top) < LEAST_WIDTH * unit) continue;
    const bottom = nearestBelow(top, level, { slack, least: LEAST_HEIGHT * unit });
    if (bottom === undefined) continue;
    // A stroke across it, or on beyond it, makes it a cell.
    if (upright.some((side) => crosses(side, top, bottom, slack))) continue;
    const reach = { top: top.at + 3, bottom: bottom.at - 3, slack };
    const [left, right] = [sideAt(frame, top.from, reach), sideAt(frame, top.to, reach)];
    if (left === undefined || right === undefined) continue;
    const box = { left, top: top.at, right, bottom: bottom.at };
    const holdsWord = words.some((word) => {
      const [u, v] = [(word.left + word.right) / 2, (word.top + word.bottom) / 2];
      return u > box.left && u < box.right && v > box.top && v < box.bottom;
    });
    if (!holdsWord && inkInside(frame, box) <= MOST_INK) boxes.push(box);
  }
  return boxes;
}

function nearestBelow(
  top: Bar,
  level: readonly Bar[],
  { slack, least }: { slack: number; least: number },
): Bar | undefined {
  const below = level.filter((other) => other.at - top.at >= least && areAligned(top, other, slack));
  return below.sort((a, b) => a.at - b.at)[0];
}

/** Whether an upright stroke at a box is none of its sides: it stands between them, or goes on above or below. */
function crosses(side: Bar, top: Bar, bottom: Bar, slack: number): boolean {
  const isAtBox = side.from <= bottom.at - slack && side.to >= top.at + slack;
  if (!isAtBox || side.at < top.from - slack || side.at > top.to + slack) return false;
  if (side.at > top.from + slack && side.at < top.to - slack) return true;
  return side.from < top.at - slack || side.to > bottom.at + slack;
}

function inkInside({ isInk }: Frame, { left, top, right, bottom }: Bounds): number {
  const inset = 5;
  let [ink, all] = [0, 0];
  for (let v = Math.round(top) + inset; v < bottom - inset; v += 2) {
    for (let u = Math.round(left) + inset; u < right - inset; u += 2) {
      all += 1;
      if (isInk(u, v)) ink += 1;
    }
  }
  return all === 0 ? 1 : ink / all;
}
