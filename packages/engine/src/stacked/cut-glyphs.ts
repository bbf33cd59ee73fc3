/** Ink that counts as print, as a part of the darkest place's: less is grain and shadow. */
const LEAST_INK = 0.15;
/** From the top of one letter to the top of the next, in letter widths: Han stands in squares, set solid or apart. */
const PITCHES = [0.95, 1.05, 1.15, 1.25, 1.4, 1.6] as const;
/** How much shorter or longer than the pitch one letter may be (punctuation; "一"). */
const SHORTEST = 0.55;
const LONGEST = 1.6;
/** What a letter that is twice as long as the pitch costs, in cuts through ink as dark as the darkest place. */
const STRETCH_COST = 2;

/** Where the print of a profile begins and ends, in positions; the whole of it where nothing stands out. */
export function printOf(ink: ArrayLike<number>): { start: number; end: number } {
  let most = 0;
  for (let i = 0; i < ink.length; i += 1) {
    most = Math.max(most, ink[i]!);
  }
  let [start, end] = [0, ink.length];
  while (start < end && ink[start]! <= most * LEAST_INK) {
    start += 1;
  }
  while (end > start && ink[end - 1]! <= most * LEAST_INK) {
    end -= 1;
  }
  return start < end ? { start, end } : { start: 0, end: ink.length };
}

/**
 * Where a column of letters is cut into single ones: the cuts that go through the least ink and leave letters of the most equal lengths. The
 * gaps alone would not do, for many Han characters have gaps of their own ("二", "昌").
 *
 * @param ink at each position down the column
 * @param width of the letters, in positions
 * @returns from the column's first to its last cut: one more than there are letters, rising
 */
export function cutGlyphs(ink: ArrayLike<number>, width: number): number[] {
  const { start, end } = printOf(ink);
  let best: Path | undefined;
  for (const pitch of PITCHES) {
    const path = cheapestCuts(ink, start, end, pitch * width);
    best = best === undefined || path.cost < best.cost ? path : best;
  }
  return best!.cuts;
}

interface Path {
  readonly cuts: number[];
  readonly cost: number;
}

/** The best cuts for one pitch, by dynamic programming over the positions of the last cut. */
function cheapestCuts(ink: ArrayLike<number>, start: number, end: number, pitch: number): Path {
  const [least, most] = [Math.max(1, Math.floor(pitch * SHORTEST)), Math.max(1, Math.ceil(pitch * LONGEST))];
  const darkest = Math.max(...Array.from({ length: end - start }, (_, i) => ink[start + i]!), Number.MIN_VALUE);
  const size = end - start + 1;
  const costs = new Float64Array(size).fill(Number.POSITIVE_INFINITY);
  const before = new Int32Array(size);
  costs[0] = 0;
  for (let at = 1; at < size; at += 1) {
    const cut = at === size - 1 ? 0 : Math.min(ink[start + at]!, ink[start + at - 1]!) / darkest;
    for (let length = least; length <= Math.min(most, at); length += 1) {
      const cost = costs[at - length]! + cut + STRETCH_COST * (length / pitch - 1) ** 2;
      if (cost < costs[at]!) {
        costs[at] = cost;
        before[at] = at - length;
      }
    }
  }
  if (costs[size - 1] === Number.POSITIVE_INFINITY) {
    return { cuts: [start, end], cost: Number.MAX_VALUE };
  }
  const cuts = [end];
  for (let at = size - 1; at > 0; at = before[at]!) {
    cuts.push(start + before[at]!);
  }
  return { cuts: cuts.reverse(), cost: costs[size - 1]! };
}
