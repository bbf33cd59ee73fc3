import type { Bounds } from '../geometry/bounds.ts';
import type { Frame } from './frame.ts';
import type { Print } from './print.ts';
import { areAligned, type Bar, type Bars, lengthOf, sideAt } from './strokes.ts';

/** All of these are parts of the height of print. A shorter stroke is a dash. */
const LEAST_LENGTH = 2;
/** The room above a stroke that has to be free, and that is given as the place to write in. */
const FREE_HEIGHT = 0.7;
const ROOM = 1.2;
/** A stroke that meets one across within this is the side of a cell or a box. */
const MEETING = 0.35;
/** A label stands beside a stroke within this, a caption below it within that. */
const BESIDE = 3;
const BELOW = 1.3;
/** Lines to write on are apart by at most this. */
const SPACING = 4.5;
/** Ends of strokes that belong together differ by less. */
const SLACK = 1;
const TABLE_SLACK = 0.2;
/** The side of a box is at least so high. */
const SIDE_HEIGHT = 0.7;
/** A stroke across so much of the print's width is a rule that parts the page, unless it is one of several to write on. */
const PAGE_RULE = 0.8;
/** Columns with ink above a stroke, of all: dirt. */
const MOST_INK = 0.08;
/** A column that is ink over this part of the room is a stroke of something written there. */
const WRITTEN = 0.4;

/** Level strokes with free room above that something tells to write on: a label beside, a caption below, or others like it. */
export function blankLines(frame: Frame, { level, upright }: Bars, print: Print): Bounds[] {
  const unit = print.heights.middle;
  const width = widthOf(print, level);
  const isPageRule = (bar: Bar) =>
    lengthOf(bar) >= PAGE_RULE * width && !level.some((other) => isBesides(bar, other, unit));
  const free = level
    .filter((bar) => lengthOf(bar) >= LEAST_LENGTH * unit && !isPageRule(bar))
    .filter((bar) => !meets(bar, upright, unit) && !endsUpright(frame, bar, unit))
    .filter((bar) => isFreeAbove(frame, bar, unit));
  return free
    .filter((bar) => {
      if (isTableRule(bar, level, print, unit)) return false;
      return free.some((other) => isBesides(bar, other, unit)) || hasLabel(bar, print, unit);
    })
    .map(({ from, to, at }) => ({ left: from, right: to, top: at - ROOM * unit, bottom: at }));
}

/** Whether another one like it is above or below, as lines to write on are. */
function isBesides(bar: Bar, other: Bar, unit: number): boolean {
  return other !== bar && areAligned(bar, other, SLACK * unit) && Math.abs(other.at - bar.at) <= SPACING * unit;
}

/** Whether a side goes up or down from one of its ends: it belongs to a box. */
function endsUpright(frame: Frame, { from, to, at }: Bar, unit: number): boolean {
  const slack = MEETING * unit;
  return [from, to].some(
    (u) =>
      sideAt(frame, u, { top: at + 3, bottom: at + SIDE_HEIGHT * unit, slack }) !== undefined ||
      sideAt(frame, u, { top: at - SIDE_HEIGHT * unit, bottom: at - 3, slack }) !== undefined,
  );
}

function meets(bar: Bar, upright: readonly Bar[], unit: number): boolean {
  const near = MEETING * unit;
  return upright.some(
    ({ at, from, to }) => at >= bar.from - near && at <= bar.to + near && bar.at >= from - near && bar.at <= to + near,
  );
}

/** Whether nothing is written or printed on a stroke; dirt is allowed. */
function isFreeAbove({ isInk }: Frame, bar: Bar, unit: number): boolean {
  const [left, right] = [Math.round(bar.from), Math.round(bar.to)];
  const bottom = Math.round(bar.at - bar.thickness / 2 - 3);
  const top = Math.round(bar.at - FREE_HEIGHT * unit);
  let [specks, written] = [0, 0];
  for (let u = left; u < right; u += 1) {
    let ink = 0;
    for (let v = top; v < bottom; v += 1) if (isInk(u, v)) ink += 1;
    if (ink > 1) specks += 1;
    if (ink >= WRITTEN * (bottom - top)) written += 1;
  }
  return specks <= MOST_INK * (right - left) && written < 2;
}

/** Whether there is another stroke below with the same ends, and print between both: rows of a table without upright strokes. */
function isTableRule(bar: Bar, level: readonly Bar[], { words }: Print, unit: number): boolean {
  return level.some((other) => {
    if (other.at <= bar.at + unit || !areAligned(bar, other, Math.max(4, TABLE_SLACK * unit))) return false;
    return words.some(
      ({ left, right, top, bottom }) =>
        left >= bar.from - unit && right <= bar.to + unit && top >= bar.at - unit / 2 && bottom <= other.at + unit / 2,
    );
  });
}

function hasLabel(bar: Bar, { words }: Print, unit: number): boolean {
  return words.some(({ left, right, top, bottom }) => {
    const isLevel = top < bar.at - unit * 0.2 && bottom > bar.at - unit * 0.6;
    if (isLevel && right <= bar.from + unit && bar.from - right <= BESIDE * unit) return true;
    if (isLevel && left >= bar.to - unit && left - bar.to <= BESIDE * unit) return true;
    const isBelow = top >= bar.at - unit * 0.3 && top - bar.at <= BELOW * unit;
    return isBelow && left >= bar.from - unit && right <= bar.to + unit;
  });
}

/** From the leftmost print or stroke to the rightmost: forms of few words have strokes that go further. */
function widthOf({ lines }: Print, level: readonly Bar[]): number {
  const left = [...lines.map((line) => line.left), ...level.map(({ from }) => from)];
  const right = [...lines.map((line) => line.right), ...level.map(({ to }) => to)];
  return left.length === 0 ? 0 : Math.max(...right) - Math.min(...left);
}
