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

/** Where a strip is darkest: a stroke may cross it there. */
export interface Dip {
  readonly strip: number;
  /** Along the strip, in pixels; the middle of what is dark. */
  readonly at: number;
  readonly thickness: number;
}

/** Dips that follow each other from strip to strip. */
export type Chain = readonly Dip[];

interface OpenChain {
  readonly dips: Dip[];
  last: Dip;
  slope: number;
}

/** Narrow dips of a profile that go on over several strips at about one place. */
export function chainDips(profile: Profile): Chain[] {
  const ended: Chain[] = [];
  let open: OpenChain[] = [];
  for (let strip = 0; strip < profile.strips; strip += 1) {
    const dips = dipsOf(profile, strip);
    const still: OpenChain[] = [];
    let first = 0;
    const taken = new Uint8Array(dips.length);
    // Both are in order of place, so the search for each chain begins where that for the one before began.
    for (const chain of open) {
      while (first < dips.length && dips[first]!.at < chain.last.at - MOST_DRIFT * (MOST_MISSING + 1)) first += 1;
      const next = nextOf(chain, dips, first, taken);
      if (next >= 0) {
        taken[next] = 1;
        extend(chain, dips[next]!);
      }
      if (strip - chain.last.strip <= MOST_MISSING) still.push(chain);
      else if (chain.dips.length >= LEAST_DIPS) ended.push(chain.dips);
    }
    dips.forEach((dip, index) => {
      if (taken[index] === 0) still.push({ dips: [dip], last: dip, slope: 0 });
    });
    open = still.sort((a, b) => a.last.at - b.last.at);
  }
  for (const { dips } of open) if (dips.length >= LEAST_DIPS) ended.push(dips);
  return ended;
}

/** The dip that a chain goes on with, by its index from `first` on; -1 where there is none. */
function nextOf(
  { last, slope, dips: { length } }: OpenChain,
  dips: readonly Dip[],
  first: number,
  taken: Uint8Array,
): number {
  let best = -1;
  let least = Number.POSITIVE_INFINITY;
  for (let i = first; i < dips.length; i += 1) {
    const { at, strip } = dips[i]!;
    const steps = strip - last.strip;
    // A chain of few dips does not know its slope yet.
    const off = Math.abs(at - last.at - slope * steps);
    const allowed = length < 3 ? MOST_DRIFT * Math.sqrt(steps) : 0.9 + 0.15 * steps;
    if (at - last.at > MOST_DRIFT * (MOST_MISSING + 1)) break;
    if (off <= allowed && off < least && taken[i] === 0) {
      best = i;
      least = off;
    }
  }
  return best;
}

function extend(chain: OpenChain, next: Dip): void {
  chain.dips.push(next);
  chain.last = next;
  const from = chain.dips[Math.max(0, chain.dips.length - 12)]!;
  chain.slope = (next.at - from.at) / (next.strip - from.strip);
}

/** The dips of one strip, in order. */
function dipsOf({ sums, length }: Profile, strip: number): Dip[] {
  const dips: Dip[] = [];
  const least = LEAST_DEPTH * STEP;
  const base = strip * length;
  const [thin, thick, bar] = REACHES;
  let free = 0;
  for (let y = thin; y < length - thin; y += 1) {
    const value = sums[base + y]!;
    const bound = value + least;
    // Next to none passes: kept as simple as it can be.
    if (sums[base + y - 1]! < value || sums[base + y + 1]! < value) continue;
    let reach = 0;
    // Letters may stand three pixels away: then the paper shows at two.
    const before = sums[base + y - thin]! > bound || sums[base + y - 2]! > bound;
    if (before && (sums[base + y + thin]! > bound || sums[base + y + 2]! > bound)) reach = thin;
    else if (y >= thick && y + thick < length && sums[base + y - thick]! > bound && sums[base + y + thick]! > bound)
      reach = thick;
    else if (y >= bar && y + bar < length && sums[base + y - bar]! > bound && sums[base + y + bar]! > bound)
      reach = bar;
    if (reach === 0 || y < free) continue;
    const dip = shapeOf(sums, base + y, reach);
    dips.push({ strip, at: y + dip.shift, thickness: dip.thickness });
    free = y + Math.max(2, Math.ceil(dip.shift + dip.thickness / 2) + 1);
  }
  return dips;
}

/** Middle and width of a dip: of what lies below half of its depth, weighed by how dark it is. */
function shapeOf(sums: Uint16Array, at: number, reach: number): { shift: number; thickness: number } {
  const near = reach === REACHES[0] ? 2 : reach;
  const paper = Math.min(Math.max(sums[at - reach]!, sums[at - near]!), Math.max(sums[at + reach]!, sums[at + near]!));
  const depth = paper - sums[at]!;
  let [weight, moment] = [0, 0];
  for (let i = -reach; i <= reach; i += 1) {
    const dark = Math.max(0, Math.min(depth, paper - sums[at + i]!));
    weight += dark;
    moment += dark * i;
  }
  return { shift: moment / weight, thickness: weight / depth };
}
