import { accuracyFigures } from '../pages/figures.ts';
import { type Figure, figure, median, percentile } from '../report.ts';
import { type AccuracyTarget, FLOOR_TARGET, measuresOf, type PageSet, type Setting } from '../sets.ts';
import type { Entrant } from './contenders.ts';
import type { DecodedImage, Round, Turn } from './round.ts';

const MIB = 1024 * 1024;

export interface Comparison {
  readonly contenders: readonly Entrant[];
  readonly pages: readonly DecodedImage[];
  /** Whose targets apply; none = figures are only printed. */
  readonly set: PageSet | undefined;
}

/** Every figure of every contender, ours last with its ratios. Each ratio is taken within its round; the median of the rounds counts. */
export function speedFigures(rounds: readonly Round[], comparison: Comparison): Figure[] {
  const { contenders } = comparison;
  const peers = contenders.filter(({ npmPeer }) => npmPeer);
  const best = bestOf(peers.map((peer) => accuracyOf(peer, rounds, comparison)));
  return contenders
    .toSorted((a, b) => Number(a.setting !== null) - Number(b.setting !== null))
    .flatMap((contender) => [
      ...accuracyOf(contender, rounds, comparison, goalOf(contender.setting, comparison.set, best)),
      ...costOf(contender, rounds),
      ...(contender.setting === null
        ? []
        : ratiosOf({ ...contender, setting: contender.setting }, peers, rounds, comparison.set)),
    ]);
}

/** The higher of the peers' figures, by measure. */
function bestOf(figures: readonly (readonly Figure[])[]): Required<AccuracyTarget> {
  const highest = (measure: string) =>
    Math.max(0, ...figures.flat().flatMap(({ name, value }) => (name.endsWith(`: ${measure}`) ? [value] : [])));
  return { wordF1: highest('wordF1'), pairF1: highest('pairF1') };
}

/** `fast` is held to what the better npm peer reaches on the same pages in the same run, in the measures that count for the set. */
function goalOf(setting: Setting | null, set: PageSet | undefined, best: Required<AccuracyTarget>): AccuracyTarget {
  if (setting === null || set === undefined) return {};
  if (setting === 'accurate') return set.accuracy.accurate;
  return Object.fromEntries(measuresOf(set).map((measure) => [measure, best[measure]]));
}

/** Of the last round: a contender reads a page the same way each time. */
function accuracyOf(
  { name }: Entrant,
  rounds: readonly Round[],
  { pages, set }: Comparison,
  target: AccuracyTarget = {},
): Figure[] {
  const { lines } = turnOf(rounds[rounds.length - 1]!, name);
  const scored = pages.flatMap(({ image }, index) =>
    image.truth === null
      ? []
      : [{ name: image.name, truth: image.truth, said: (lines[index] ?? []).map(({ text }) => text) }],
  );
  return scored.length === 0 ? [] : accuracyFigures(scored, { of: name, set, target });
}

function costOf({ name }: Entrant, rounds: readonly Round[]): Figure[] {
  const turns = rounds.map((round) => turnOf(round, name));
  const rate = turns.map(({ pagesPerSecond }) => pagesPerSecond);
  const alone = turns.flatMap(({ aloneMs }) => aloneMs);
  const inference = turns.flatMap(({ inferenceMs }) => inferenceMs ?? []);
  const rss = turns.flatMap(({ peakRss }) => (peakRss === null ? [] : [peakRss / MIB]));
  const unread = turns.map(({ lines }) => lines.filter((page) => page === null).length);
  const mean = (samples: readonly number[]) => samples.reduce((sum, one) => sum + one, 0) / samples.length;
  return [
    figure(`${name}: pages that could not be read`, '', Math.max(...unread), unread),
    figure(`${name}: throughput, all cores`, 'pages/s', median(rate), rate),
    ...(alone.length === 0
      ? []
      : [
          figure(`${name}: page alone, median`, 'ms', median(alone), alone),
          figure(`${name}: page alone, p95`, 'ms', percentile(alone, 0.95), alone),
        ]),
    ...(inference.length === 0 ? [] : [figure(`${name}: inference a page`, 'thread-ms', mean(inference), inference)]),
    ...(rss.length === 0 ? [] : [figure(`${name}: peak RSS, all processes`, 'MiB', Math.max(...rss), rss)]),
  ];
}

/** Against the faster npm peer of each round: the one with more pages a second, and the one with the shorter page alone. */
function ratiosOf(
  { name, setting }: { name: string; setting: Setting },
  peers: readonly Entrant[],
  rounds: readonly Round[],
  set: PageSet | undefined,
): Figure[] {
  const turns = rounds.map((round) => ({
    ours: turnOf(round, name),
    theirs: peers.map((peer) => turnOf(round, peer.name)),
  }));
  const rate = turns.map(({ ours, theirs }) => ours.pagesPerSecond / Math.max(...theirs.map((t) => t.pagesPerSecond)));
  const alone = turns.map(({ ours, theirs }) => medianAlone(ours) / Math.min(...theirs.map(medianAlone)));
  const floor = turns.flatMap(({ ours }) => (ours.overFloor === null ? [] : [ours.overFloor]));
  const most = set?.alone[setting] ?? null;
  return [
    figure(
      `${name}: throughput over the faster npm peer`,
      'x',
      median(rate),
      rate,
      set === undefined ? null : { atLeast: set.throughput[setting] },
    ),
    figure(
      `${name}: page alone over the faster npm peer`,
      'x',
      median(alone),
      alone,
      most === null ? null : { atMost: most },
    ),
    ...(floor.length === 0
      ? []
      : [figure(`${name}: time over bare inference`, 'x', median(floor), floor, { atMost: FLOOR_TARGET })]),
  ];
}

/** Where a contender could read no page at all, it is no rival. */
function medianAlone({ aloneMs }: Turn): number {
  return aloneMs.length === 0 ? Number.POSITIVE_INFINITY : median(aloneMs);
}

function turnOf(round: Round, name: string): Turn {
  const turn = round.get(name);
  if (turn === undefined) throw new Error(`Expected a turn of ${name} in every round`);
  return turn;
}
