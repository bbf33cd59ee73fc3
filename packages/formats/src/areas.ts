import type { Block, Line, PageText } from '@docusnap/contracts';
import { type Bounds, boundsOf, directionOf, median, type PlacedLine, place } from './placed.ts';

/** A block that begins less than so many line heights below the one before may go on with its text ... */
const NEAR = 1.2;
/** ... when neither reaches further than so many line heights beyond the other's sides. */
const ASIDE = 2;
/** Blocks whose print is turned apart by more than this, in radians, are read apart. */
const SAME_DIRECTION = 0.35;

/** Blocks that stand upon each other in one column. */
export interface Area {
  readonly lines: readonly PlacedLine[];
  /** Lines that a block begins with. */
  readonly beginnings: ReadonlySet<Line>;
}

/**
 * The areas of a page in reading order. Blocks are cut wherever rows stand apart, which widely set print does from line to line; whether text
 * goes on there is decided row by row, so blocks of one column are looked at together.
 */
export function areasOf(page: PageText): Area[] {
  const areas: Block[][] = [];
  for (const block of page.blocks) {
    const area = areas.at(-1);
    if (area && goesOn(area.at(-1)!, block)) area.push(block);
    else areas.push([block]);
  }
  return areas.map((blocks) => ({
    lines: place(blocks.flatMap(({ lines }) => lines)),
    beginnings: new Set(blocks.map(({ lines }) => lines[0]!)),
  }));
}

function goesOn(block: Block, next: Block): boolean {
  if (Math.abs(direction(block) - direction(next)) > SAME_DIRECTION) return false;
  const placed = place([...block.lines, ...next.lines]);
  const size = median(placed.map((line) => line.size));
  const [one, other] = [around(placed.slice(0, block.lines.length)), around(placed.slice(block.lines.length))];
  const gap = other.top - one.bottom;
  return (
    gap < NEAR * size && gap > -size / 2 && (isWithin(other, one, ASIDE * size) || isWithin(one, other, ASIDE * size))
  );
}

function direction({ lines }: Block): number {
  return directionOf(lines.map(({ quad }) => quad));
}

function around(lines: readonly PlacedLine[]): Bounds {
  return boundsOf(lines.flatMap(({ left, top, right, bottom }) => [[left, top] as const, [right, bottom] as const]));
}

function isWithin(inner: Bounds, outer: Bounds, aside: number): boolean {
  return inner.left >= outer.left - aside && inner.right <= outer.right + aside;
}
