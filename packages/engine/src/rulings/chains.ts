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

/** A dip that knows the chain it ends: pages of print have tens of thousands, and next to none of them go on. */
interface Link extends Dip {
  /** The first place along the strip where another dip may be. */
  readonly beyond: number;
  previous: Link | undefined;
  /** Of the chain up to here. */
  length: number;
  slope: number;
}

/** Narrow dips of a profile that go on over several strips at about one place. */
export function chainDips(profile: Profile): Chain[] {
  const ended: Chain[] = [];
  let open: Link[] = [];
  for (let strip = 0; strip < profile.strips; strip += 1) {
    const dips = dipsOf(profile, strip);
    const still: Link[] = [];
    let first = 0;
    // Both are in order of place, so the search for each chain begins where that for the one before began.
    for (const last of open) {
      while (first < dips.length && dips[first]!.at < last.at - MOST_DRIFT * (MOST_MISSING + 1)) first += 1;
      const next = nextOf(last, dips, first);
      if (next) still.push(extended(last, next));
      else if (strip - last.strip <= MOST_MISSING) still.push(last);
      else if (last.length >= LEAST_DIPS) ended.push(chainTo(last));
    }
    open = inOrder(still, dips);
  }
  for (const last of open) if (last.length >= LEAST_DIPS) ended.push(chainTo(last));
  return ended;
}

/** The dip that a chain goes on with, of those from `first` on. */
function nextOf({ at, strip, slope, length }: Link, dips: readonly Link[], first: number): Link | undefined {
  let best: Link | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (let i = first; i < dips.length; i += 1) {
    const dip = dips[i]!;
    if (dip.at - at > MOST_DRIFT * (MOST_MISSING + 1)) break;
    const steps = dip.strip - strip;
    // A chain of few dips does not know its slope yet.
    const off = Math.abs(dip.at - at - slope * steps);
    const allowed = length < 3 ? MOST_DRIFT * Math.sqrt(steps) : 0.9 + 0.15 * steps;
    if (off <= allowed && off < least && dip.previous === undefined) {
      best = dip;
      least = off;
    }
  }
  return best;
}

function extended(last: Link, next: Link): Link {
  next.previous = last;
  next.length = last.length + 1;
  let from = last;
  for (let i = 2; i < SLOPE_DIPS && from.previous; i += 1) from = from.previous;
  next.slope = (next.at - from.at) / (next.strip - from.strip);
  return next;
}

/** Open chains and the dips that begin new ones, by place. */
function inOrder(chains: Link[], dips: readonly Link[]): Link[] {
  const fresh = dips.filter(({ previous }) => previous === undefined);
  sortNearly(chains);
  sortNearly(fresh);
  const merged: Link[] = [];
  let next = 0;
  for (const dip of fresh) {
    while (next < chains.length && chains[next]!.at <= dip.at) merged.push(chains[next++]!);
    merged.push(dip);
  }
  while (next < chains.length) merged.push(chains[next++]!);
  return merged;
}

/** Of what is nearly in order next to nothing has to move. */
function sortNearly(links: Link[]): void {
  for (let i = 1; i < links.length; i += 1) {
    const one = links[i]!;
    let to = i;
    for (; to > 0 && links[to - 1]!.at > one.at; to -= 1) links[to] = links[to - 1]!;
    links[to] = one;
  }
}

function chainTo(last: Link): Chain {
  const chain: Dip[] = [];
  for (let link: Link | undefined = last; link; link = link.previous) chain.push(link);
  return chain.reverse();
}

/** The dips of one strip, in order. */
function dipsOf({ sums, length }: Profile, strip: number): Link[] {
  const dips: Link[] = [];
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
    const dip = dipAt(sums, at, { reach, strip, y });
    dips.push(dip);
    free = dip.beyond;
  }
  return dips;
}

/** Middle and width of a dip: of what lies below half of its depth, weighed by how dark it is. */
function dipAt(sums: Uint16Array, at: number, { reach, strip, y }: { reach: number; strip: number; y: number }): Link {
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
  const [shift, thickness] = [moment / weight, weight / depth];
  const beyond = y + Math.max(2, Math.ceil(shift + thickness / 2) + 1);
  return { strip, at: y + shift, thickness, beyond, previous: undefined, length: 1, slope: 0 };
}
