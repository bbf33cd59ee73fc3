import { type Profile, STEP } from './profiles.ts';

/** Grey levels, of the mean, that a stroke is darker than what lies on both of its sides. Fine strokes of a light grey have 20. */
const LEAST_DEPTH = 11;
/** Pixels from a stroke's middle to what is beside it: for thin strokes, thick ones, and bars. */
const REACHES = [3, 7, 13] as const;
/** From strip to strip a stroke moves by at most so many pixels: five degrees, and half a pixel of noise. */
const MOST_DRIFT = 1.3;
/** A chain goes on over so many strips without a dip: dots, dashes, and where letters cross a stroke. */
const MOST_MISSING = 3;
/** A chain of fewer dips is none: three strips are what the bar of a large letter is long. */
const LEAST_DIPS = 4;
/** The last so many dips of a chain tell its slope. */
const SLOPE_DIPS = 12;

/** Where a strip is darkest: a stroke may cross it there. */
export interface Dip {
  readonly strip: number;
  /** Along the strip, in pixels; the middle of what is dark. */
  readonly at: number;
  readonly thickness: number;
}

/** Dips that follow each other from strip to strip. */
export type Chain = readonly Dip[];

/**
 * The dips of a profile by number, in the order they are found in, each with the chain that it ends: pages of print have tens of thousands, and next to
 * none of them go on. As objects they were a quarter of all that reading a page left to the collector.
 */
interface Links {
  count: number;
  strip: Int32Array;
  at: Float64Array;
  thickness: Float64Array;
  /** The dip before it in its chain; -1 where it begins one. */
  previous: Int32Array;
  /** Of the chain up to here. */
  length: Int32Array;
  slope: Float64Array;
}

/** Dips that there is room for at first. */
const ROOM = 8_192;
const NONE = -1;

/** Narrow dips of a profile that go on over several strips at about one place. */
export function chainDips(profile: Profile): Chain[] {
  const ended: Chain[] = [];
  const links = openLinks();
  let open: number[] = [];
  for (let strip = 0; strip < profile.strips; strip += 1) {
    const from = links.count;
    findDips(links, profile, strip);
    const still: number[] = [];
    let first = from;
    // Both are in order of place, so the search for each chain begins where that for the one before began.
    for (let i = 0; i < open.length; i += 1) {
      const last = open[i]!;
      const least = links.at[last]! - MOST_DRIFT * (MOST_MISSING + 1);
      while (first < links.count && links.at[first]! < least) first += 1;
      const next = nextOf(links, last, first);
      if (next !== NONE) still.push(extended(links, last, next));
      else if (strip - links.strip[last]! <= MOST_MISSING) still.push(last);
      else if (links.length[last]! >= LEAST_DIPS) ended.push(chainTo(links, last));
    }
    open = inOrder(links, still, from);
  }
  for (const last of open) if (links.length[last]! >= LEAST_DIPS) ended.push(chainTo(links, last));
  return ended;
}

function openLinks(): Links {
  return {
    count: 0,
    strip: new Int32Array(ROOM),
    at: new Float64Array(ROOM),
    thickness: new Float64Array(ROOM),
    previous: new Int32Array(ROOM),
    length: new Int32Array(ROOM),
    slope: new Float64Array(ROOM),
  };
}

function makeRoom(links: Links): void {
  const ints = (old: Int32Array) => {
    const more = new Int32Array(old.length * 2);
    more.set(old);
    return more;
  };
  const floats = (old: Float64Array) => {
    const more = new Float64Array(old.length * 2);
    more.set(old);
    return more;
  };
  links.strip = ints(links.strip);
  links.at = floats(links.at);
  links.thickness = floats(links.thickness);
  links.previous = ints(links.previous);
  links.length = ints(links.length);
  links.slope = floats(links.slope);
}

/** The dip that a chain goes on with, of those from `first` on. */
function nextOf({ count, at, strip, slope, length, previous }: Links, last: number, first: number): number {
  let best = NONE;
  let least = Number.POSITIVE_INFINITY;
  for (let dip = first; dip < count; dip += 1) {
    if (at[dip]! - at[last]! > MOST_DRIFT * (MOST_MISSING + 1)) break;
    const steps = strip[dip]! - strip[last]!;
    // A chain of few dips does not know its slope yet.
    const off = Math.abs(at[dip]! - at[last]! - slope[last]! * steps);
    const allowed = length[last]! < 3 ? MOST_DRIFT * Math.sqrt(steps) : 0.9 + 0.15 * steps;
    if (off <= allowed && off < least && previous[dip] === NONE) {
      best = dip;
      least = off;
    }
  }
  return best;
}

function extended({ at, strip, slope, length, previous }: Links, last: number, next: number): number {
  previous[next] = last;
  length[next] = length[last]! + 1;
  let from = last;
  for (let i = 2; i < SLOPE_DIPS && previous[from] !== NONE; i += 1) from = previous[from]!;
  slope[next] = (at[next]! - at[from]!) / (strip[next]! - strip[from]!);
  return next;
}

/** Open chains and the dips from `from` on that begin new ones, by place. */
function inOrder({ count, at, previous }: Links, chains: number[], from: number): number[] {
  const fresh: number[] = [];
  for (let dip = from; dip < count; dip += 1) if (previous[dip] === NONE) fresh.push(dip);
  sortNearly(chains, at);
  sortNearly(fresh, at);
  const merged: number[] = [];
  let next = 0;
  for (let i = 0; i < fresh.length; i += 1) {
    const place = at[fresh[i]!]!;
    while (next < chains.length && at[chains[next]!]! <= place) merged.push(chains[next++]!);
    merged.push(fresh[i]!);
  }
  while (next < chains.length) merged.push(chains[next++]!);
  return merged;
}

/** Of what is nearly in order next to nothing has to move. */
function sortNearly(dips: number[], at: Float64Array): void {
  for (let i = 1; i < dips.length; i += 1) {
    const one = dips[i]!;
    let to = i;
    for (; to > 0 && at[dips[to - 1]!]! > at[one]!; to -= 1) dips[to] = dips[to - 1]!;
    dips[to] = one;
  }
}

function chainTo({ strip, at, thickness, previous }: Links, last: number): Chain {
  const chain: Dip[] = [];
  for (let dip = last; dip !== NONE; dip = previous[dip]!) {
    chain.push({ strip: strip[dip]!, at: at[dip]!, thickness: thickness[dip]! });
  }
  return chain.reverse();
}

/** Adds the dips of one strip, in order. */
function findDips(links: Links, { sums, length }: Profile, strip: number): void {
  const base = strip * length;
  let lightest = 0;
  for (let i = base; i < base + length; i += 1) if (sums[i]! > lightest) lightest = sums[i]!;
  const [thin, thick, bar] = REACHES;
  const light = lightest - LEAST_DEPTH * STEP;
  let free = 0;
  for (let y = thin; y < length - thin; y += 1) {
    const at = base + y;
    const value = sums[at]!;
    // Next to none passes: kept as simple as it can be.
    if (value >= light || sums[at - 1]! < value || sums[at + 1]! < value || y < free) continue;
    const bound = value + LEAST_DEPTH * STEP;
    let reach = 0;
    // Letters may stand three pixels away: then the paper shows at two.
    const before = sums[at - thin]! > bound || sums[at - 2]! > bound;
    if (before && (sums[at + thin]! > bound || sums[at + 2]! > bound)) reach = thin;
    else if (y >= thick && y + thick < length && sums[at - thick]! > bound && sums[at + thick]! > bound) reach = thick;
    else if (y >= bar && y + bar < length && sums[at - bar]! > bound && sums[at + bar]! > bound) reach = bar;
    if (reach === 0) continue;
    free = addDip(links, sums, { at, reach, strip, y });
  }
}

/** Adds a dip by its middle and width: of what lies below half of its depth, weighed by how dark it is. Gives the first place where another may be. */
function addDip(
  links: Links,
  sums: Uint16Array,
  { at, reach, strip, y }: { at: number; reach: number; strip: number; y: number },
): number {
  const near = reach === REACHES[0] ? 2 : reach;
  const paper = Math.min(Math.max(sums[at - reach]!, sums[at - near]!), Math.max(sums[at + reach]!, sums[at + near]!));
  const depth = paper - sums[at]!;
  let weight = 0;
  let moment = 0;
  for (let i = -reach; i <= reach; i += 1) {
    const dark = Math.max(0, Math.min(depth, paper - sums[at + i]!));
    weight += dark;
    moment += dark * i;
  }
  const shift = moment / weight;
  const thickness = weight / depth;
  if (links.count === links.at.length) makeRoom(links);
  const dip = links.count;
  links.strip[dip] = strip;
  links.at[dip] = y + shift;
  links.thickness[dip] = thickness;
  links.previous[dip] = NONE;
  links.length[dip] = 1;
  links.slope[dip] = 0;
  links.count += 1;
  return y + Math.max(2, Math.ceil(shift + thickness / 2) + 1);
}
