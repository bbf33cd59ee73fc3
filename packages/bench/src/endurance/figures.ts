import { type Figure, figure, median, percentile } from '../report.ts';
import { fitLine, type Point } from '../soak/slope.ts';
import { type Look, MEASURES, type Measure } from './look.ts';

/** Of the jobs of a run, those before counting begins: until then caches, pools, compiled code and Redis' streams of events fill. */
const WARM_UP_SHARE = 0.4;
/** A shorter run tells how a process warms up, and no slope: those are then printed only. */
const LEAST_JOBS = 1_000;
/** Parts of what remains; memory of each is its lowest tenth, since between two collections of garbage it only rises. */
const PARTS = 12;
const FLOOR = 0.1;

/**
 * How much more there may be for every 1,000 jobs.
 *
 * A job that was submitted and erased leaves two entries of the audit log (400 bytes each with their indexes) and a receipt (300) for 13 months, which is
 * 1.1 MiB of the database (measured: 1.14); and nothing anywhere else. A leak of one small object a job, a closure with its request say, is a kilobyte, so
 * 1 MiB: processes may not grow by as much. In Redis a bell that is left behind takes some 300 bytes.
 */
const MOST_PER_THOUSAND: Partial<Record<Measure, number>> = {
  'RSS of the gateway': 1,
  'RSS of the ocr main process': 1,
  'RSS of the largest reader': 1,
  'RSS of Redis': 0.25,
  'memory used in Redis': 0.1,
  'size of the database': 1.3,
};
/** What has to be as many at the end as after the warm-up, give or take the sockets that open and close all the time. */
const STEADY: Partial<Record<Measure, number>> = {
  'descriptors of the gateway': 4,
  'descriptors of the ocr service and its readers': 4,
  'threads of the gateway': 2,
  'threads of the ocr service and its readers': 2,
  'processes of the ocr service': 0,
  'database connections': 2,
  'keys in Redis': 4,
  'jobs with files in the store': 16,
};

/** Slopes of what grows, and how much more there is at the end of what has to stay. None of a run that was too short to tell. */
export function enduranceFigures(of: string, looks: readonly Look[], jobs: number): Figure[] {
  const settled = looks.filter((look) => look.jobs >= jobs * WARM_UP_SHARE);
  const parts = partsOf(settled, jobs);
  if (parts.length < 3) {
    console.error(`${of}: no slope, since after the first ${WARM_UP_SHARE * jobs} jobs there were too few looks.`);
    return [];
  }
  return (Object.keys(MEASURES) as Measure[]).flatMap((measure) => {
    const values = settled.map((look) => look.values[measure]);
    const most = jobs < LEAST_JOBS ? undefined : MOST_PER_THOUSAND[measure];
    const steady = STEADY[measure];
    if (steady !== undefined) {
      const third = Math.max(1, Math.floor(values.length / 3));
      const more = median(values.slice(-third)) - median(values.slice(0, third));
      return [figure(`${of}: ${measure}, more at the end`, MEASURES[measure], more, values, { atMost: steady })];
    }
    const points = parts.map((part): Point => ({ x: meanJobs(part), y: floorOf(part, measure) }));
    const { slope, error } = fitLine(points);
    const unit = `${MEASURES[measure]}/1,000 jobs`.replace(/^\//, 'per ');
    return [
      figure(`${of}: ${measure}, slope`, unit, slope * 1_000, values, most === undefined ? null : { atMost: most }),
      figure(`${of}: ${measure}, standard error of the slope`, unit, error * 1_000, []),
    ];
  });
}

function partsOf(looks: readonly Look[], jobs: number): Look[][] {
  const from = jobs * WARM_UP_SHARE;
  const width = (jobs - from) / PARTS;
  const parts = Array.from({ length: PARTS }, (_, part) =>
    looks.filter((look) => Math.min(PARTS - 1, Math.floor((look.jobs - from) / width)) === part),
  );
  return parts.filter((part) => part.length > 0);
}

const meanJobs = (part: readonly Look[]): number => part.reduce((sum, look) => sum + look.jobs, 0) / part.length;

const floorOf = (part: readonly Look[], measure: Measure): number =>
  percentile(
    part.map((look) => look.values[measure]),
    FLOOR,
  );
