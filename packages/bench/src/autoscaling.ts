import { parseArgs } from 'node:util';
import { seededRandom } from '@docusnap/testing';
import { FORMER_SETTINGS } from './autoscaling/former-settings.ts';
import { pagesOfDay } from './autoscaling/load.ts';
import { processorSettings, productionSettings } from './autoscaling/settings.ts';
import { type Outcome, type Scaling, simulate } from './autoscaling/simulate.ts';
import { MEASURED } from './capacity-plan/coefficients.ts';
import { type Figure, figure, percentile, report } from './report.ts';
import { runCommand, UsageError, wholeNumber } from './usage.ts';

/**
 * Days of bursty load, simulated: what the ocr pods' autoscaler of k8s/ costs and how long pages wait under it, against one that goes by the pods'
 * processors, and against fleets that never change. Nothing runs but arithmetic; the pace of a reader and the start of a pod were measured.
 */

const USAGE =
  'npm run bench:autoscaling -- [--days 5] [--seed 1] [--peak 5] [--bursts 12] [--page-seconds 1.75] [--start-seconds 30] [--json FILE]';
/** What processors are held at by the autoscaler that ours is compared with. */
const PROCESSOR_TARGET = 0.7;
const READERS_PER_POD = 2;
const HOURS_OF_DAY = 24;
/** A page takes this much less or more than the mean. */
const SPREAD = 0.5;
const BURST_PAGES = [300, 4_000] as const;
/** Scheduling, a start with nothing kept (`npm run bench:coldstart`), readiness that is asked every 5 s; the image is there already. */
const START_SECONDS = '30';

interface Days {
  readonly days: number;
  readonly seed: number;
  readonly peak: number;
  readonly bursts: number;
  readonly pageSeconds: number;
  readonly startSeconds: number;
}

interface Compared {
  readonly name: string;
  readonly outcomes: readonly Outcome[];
}

const waitsOf = ({ outcomes }: Compared): number[] => outcomes.flatMap(({ waits }) => waits);
const hoursOf = ({ outcomes }: Compared): number =>
  outcomes.reduce((sum, { podHours }) => sum + podHours, 0) / outcomes.length;

function simulateDays(
  name: string,
  scaling: Scaling,
  { days, seed, peak, bursts, pageSeconds, startSeconds }: Days,
): Compared {
  const outcomes = Array.from({ length: days }, (_, day) => {
    const random = seededRandom(seed * 1_000 + day);
    const pages = pagesOfDay({ seed: seed + day, peakPagesPerSecond: peak, bursts, burstPages: BURST_PAGES });
    const seconds = pages.map(() => pageSeconds * (1 - SPREAD + 2 * SPREAD * random()));
    const timing = { pageSeconds: (page: number) => seconds[page] ?? pageSeconds, meanPageSeconds: pageSeconds };
    return simulate({ pages, readersPerPod: READERS_PER_POD, startSeconds, ...timing }, scaling);
  });
  return { name, outcomes };
}

function print(compared: readonly Compared[]): void {
  const width = Math.max(...compared.map(({ name }) => name.length));
  console.log(`${''.padEnd(width)}  pod-hours/day  most  changes/day    wait p50     p95     p99     max  (s)`);
  for (const one of compared) {
    const waits = waitsOf(one);
    const most = Math.max(...one.outcomes.map(({ mostPods }) => mostPods));
    const changes = one.outcomes.reduce((sum, { changes: of }) => sum + of, 0) / one.outcomes.length;
    const [p50, p95, p99, max] = [0.5, 0.95, 0.99, 1].map((share) => percentile(waits, share).toFixed(1).padStart(8));
    const cost = hoursOf(one).toFixed(1).padStart(13);
    console.log(
      `${one.name.padEnd(width)}  ${cost}  ${String(most).padStart(4)}  ${changes.toFixed(0).padStart(11)}    ${p50}${p95}${p99}${max}`,
    );
  }
  console.log();
}

function compare(days: Days): Figure[] {
  const production = productionSettings();
  const processors = processorSettings(PROCESSOR_TARGET);
  const percent = PROCESSOR_TARGET * 100;
  const ours = simulateDays('backlog and processors, as in k8s/', production, days);
  const former = simulateDays('backlog of 60 s alone, as k8s/ had it', { ...production, ...FORMER_SETTINGS }, days);
  const slow = simulateDays(`processors at ${percent} %, as k8s/base changes pods`, processors, days);
  const { behaviour } = production;
  const fast = simulateDays(`processors at ${percent} %, as fast as ours`, { ...processors, behaviour }, days);
  const asDear = Math.ceil(hoursOf(ours) / HOURS_OF_DAY);
  const fixed = [asDear, production.maxPods].map((pods) => simulateDays(`always ${pods} pods`, { pods }, days));
  print([ours, former, slow, fast, ...fixed]);
  const cost = (of: Compared): [number, number[]] => [hoursOf(of), of.outcomes.map(({ podHours }) => podHours)];
  const wait = (of: Compared, share: number): [number, number[]] => [
    percentile(waitsOf(of), share),
    of.outcomes.map(({ waits }) => percentile(waits, share)),
  ];
  const [leastWait, leastCost] = [slow, fast].map((one) => [wait(one, 0.95)[0], hoursOf(one)]).reduce(least) as [
    number,
    number,
  ];
  return [
    figure('backlog: wait, p95', 's', ...wait(ours, 0.95), { atMost: leastWait }),
    figure('backlog: pod-hours a day', 'h', ...cost(ours), { atMost: leastCost }),
    figure('backlog: wait, median', 's', ...wait(ours, 0.5), { atMost: days.pageSeconds }),
    ...[former, slow, fast].flatMap((one) => [
      figure(`${one.name}: wait, p95`, 's', ...wait(one, 0.95)),
      figure(`${one.name}: pod-hours a day`, 'h', ...cost(one)),
    ]),
  ];
}

/** Of both numbers the lesser: whoever is compared with has to be beaten in each, not where it is weak. */
const least = (one: readonly number[], other: readonly number[]): number[] =>
  one.map((value, index) => Math.min(value, other[index]!));

function positive(option: string, text: string): number {
  const number = Number(text);
  if (!(number > 0 && Number.isFinite(number))) throw new UsageError(`Expected --${option} to be above 0, got ${text}`);
  return number;
}

async function main(): Promise<0 | 1> {
  const { values } = parseArgs({
    options: {
      days: { type: 'string', default: '5' },
      seed: { type: 'string', default: '1' },
      peak: { type: 'string', default: '5' },
      bursts: { type: 'string', default: '12' },
      'page-seconds': { type: 'string', default: String(1 / MEASURED.pagesPerSecondAndCore) },
      'start-seconds': { type: 'string', default: START_SECONDS },
      json: { type: 'string' },
    },
  });
  const figures = compare({
    days: wholeNumber('days', values.days),
    seed: wholeNumber('seed', values.seed),
    peak: positive('peak', values.peak),
    bursts: wholeNumber('bursts', values.bursts),
    pageSeconds: positive('page-seconds', values['page-seconds']),
    startSeconds: positive('start-seconds', values['start-seconds']),
  });
  return report(figures, values.json);
}

process.exitCode = await runCommand(USAGE, main);
