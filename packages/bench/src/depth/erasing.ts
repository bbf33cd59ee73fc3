import { setTimeout as pause } from 'node:timers/promises';
import { expireJobs } from '@docusnap/db';
import sharp from 'sharp';
import { type Figure, figure, median, percentile } from '../report.ts';
import { CALLS, type Call, openPlace, type Place } from './calls.ts';
import { FLAT } from './rounds.ts';
import { vacuum } from './sizes.ts';
import type { World } from './world.ts';

/** What goes on while jobs are erased. */
const BESIDE = ['POST /v1/jobs', 'GET /v1/jobs/{id}, ended'];
/** Milliseconds between two calls, so that those before and those during the erasing come at the same pace. */
const PACE_MS = 25;
/** Erasing is watched for so long; it goes on at the same rate after it. */
const WATCHED_MS = 120_000;
/** Erased in one transaction, as a gateway does it (services/gateway/src/retention). */
const AT_ONCE = { jobs: 100, pages: 1_000 };
/** Jobs that are erased without a pause, for how fast that is at most. */
const AT_FULL_SPEED = 5_000;

/** Jobs whose time is up, very many at once, erased by the gateway that answers polls and submits meanwhile. */
export async function erasingFigures(
  world: World,
  { jobs, calls }: { jobs: number; calls: number },
): Promise<Figure[]> {
  const picture = await sharp({ create: { width: 40, height: 40, channels: 3, background: 'white' } })
    .png()
    .toBuffer();
  const place = await openPlace(world, picture);
  const asked = CALLS.filter(({ name }) => BESIDE.includes(name));
  const before = await measureBeside(asked, place, { least: calls, until: async () => true });

  const [due] = await world.sql<{ jobs: number }>(
    `WITH due AS (
       UPDATE jobs SET expires_at = now() - interval '1 second'
       WHERE id IN (SELECT id FROM jobs WHERE finished_at IS NOT NULL AND tenant_id <> $2 ORDER BY created_at LIMIT $1) RETURNING 1
     ) SELECT count(*)::integer AS jobs FROM due`,
    [jobs, world.tenantId],
  );
  await world.sql('VACUUM (ANALYZE) jobs');
  const left = async () =>
    (await world.sql<{ jobs: number }>('SELECT count(*)::integer AS jobs FROM jobs WHERE expires_at <= now()'))[0]!
      .jobs;

  const fullSpeed = await eraseAtFullSpeed(world, Math.min(AT_FULL_SPEED, Math.floor(due!.jobs / 4)));
  const [started, first] = [performance.now(), await left()];
  let [last, ended] = [first, started];
  const isDone = async (): Promise<boolean> => {
    [last, ended] = [await left(), performance.now()];
    return last === 0 || ended - started > WATCHED_MS;
  };
  const during = await measureBeside(asked, place, { least: calls, until: isDone });
  place.client.agent.destroy();
  const rate = (first - last) / ((ended - started) / 1_000);
  const of = `erasing, ${world.jobs.toLocaleString('en')} jobs`;
  return [
    figure(`${of}: jobs whose time was up`, 'jobs', due!.jobs, []),
    figure(`${of}: erased by one gateway beside its calls`, 'jobs/s', rate, [first, last, ended - started]),
    figure(`${of}: so 100,000 take`, 'min', 100_000 / rate / 60, []),
    figure(`${of}: by one connection without a pause`, 'jobs/s', fullSpeed, []),
    ...asked.flatMap(({ name }) => {
      const [calm, busy] = [before.get(name)!, during.get(name)!];
      return [
        figure(`${of}: ${name} meanwhile, median`, 'ms', median(busy), busy),
        figure(
          `${of}: ${name} meanwhile, p95 over that before`,
          'x',
          percentile(busy, 0.95) / percentile(calm, 0.95),
          busy,
          { atMost: FLAT },
        ),
      ];
    }),
    figure(`${of}: vacuum after it`, 's', await vacuum(world), []),
  ];
}

/** Makes the calls in turn, at least so often, until told that it is enough. */
async function measureBeside(
  asked: readonly Call[],
  place: Place,
  { least, until }: { least: number; until: () => Promise<boolean> },
): Promise<ReadonlyMap<string, readonly number[]>> {
  const samples = new Map(asked.map(({ name }) => [name, [] as number[]]));
  for (let round = 1; ; round += 1) {
    for (const call of asked) {
      await pause(PACE_MS);
      const started = performance.now();
      await call.run(place);
      samples.get(call.name)!.push(performance.now() - started);
    }
    if (round >= least && round % least === 0 && (await until())) return samples;
  }
}

/** Jobs a second. */
async function eraseAtFullSpeed({ worker }: World, jobs: number): Promise<number> {
  const started = performance.now();
  let erased = 0;
  while (erased < jobs) {
    const now = await expireJobs(worker, AT_ONCE);
    if (now === 0) break;
    erased += now;
  }
  return erased / ((performance.now() - started) / 1_000);
}
