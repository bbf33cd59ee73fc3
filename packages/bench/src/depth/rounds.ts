import { type Figure, figure, median, percentile } from '../report.ts';
import { CALLS, type Call, openPlace, type Place } from './calls.ts';
import type { World } from './world.ts';

/** Calls before counting begins: connections, prepared statements and compiled code are there in a system that runs. */
const WARM_UP = 8;
/** How much longer a call may take than on the shallowest depth. */
export const FLAT = 1.5;

/** Milliseconds of each call on each depth. */
export type Samples = ReadonlyMap<string, ReadonlyMap<number, readonly number[]>>;

/**
 * Makes every call on every depth, so many times: each call goes round all depths before the next one, beginning with another depth each time, so that
 * whatever else the machine does meets all of them alike.
 */
export async function measureRounds(
  worlds: readonly World[],
  { calls, picture }: { calls: number; picture: Buffer },
): Promise<Samples> {
  const places = await Promise.all(worlds.map((world) => openPlace(world, picture)));
  const mix = worlds[0]!.mix;
  const asked = CALLS.filter(({ of }) => of === 'all' || of === mix);
  const samples = new Map(asked.map(({ name }) => [name, new Map(worlds.map(({ jobs }) => [jobs, [] as number[]]))]));
  for (let round = -WARM_UP; round < calls; round += 1) {
    for (const call of asked) {
      for (let turn = 0; turn < places.length; turn += 1) {
        const place = places[(round + WARM_UP + turn) % places.length]!;
        const taken = await timed(call, place);
        if (round >= 0) samples.get(call.name)!.get(place.world.jobs)!.push(taken);
      }
    }
  }
  for (const { client } of places) client.agent.destroy();
  return samples;
}

async function timed(call: Call, place: Place): Promise<number> {
  const started = performance.now();
  const undo = await call.run(place);
  const taken = performance.now() - started;
  await undo?.();
  return taken;
}

/** How many times as long each call takes on a depth as on the shallowest one. */
export function flatFigures(mix: string, samples: Samples): Figure[] {
  return [...samples].flatMap(([call, depths]) => {
    const [[, shallow], ...deeper] = [...depths].sort(([a], [b]) => a - b) as [
      [number, number[]],
      ...[number, number[]][],
    ];
    return deeper.flatMap(([jobs, taken]) =>
      MEASURES.map(({ name, of }) =>
        figure(`${mix}, ${jobs.toLocaleString('en')} jobs: ${call}, ${name}`, 'x', of(taken) / of(shallow), taken, {
          atMost: FLAT,
        }),
      ),
    );
  });
}

const MEASURES = [
  { name: 'median', of: median },
  { name: 'p95', of: (taken: readonly number[]) => percentile(taken, 0.95) },
] as const;

/** Milliseconds, median and p95, a call a line and a depth a column. */
export function printSamples(mix: string, samples: Samples): void {
  const depths = [...(samples.values().next().value?.keys() ?? [])];
  const width = Math.max(...[...samples.keys()].map((name) => name.length));
  console.log(
    `\nMostly ${mix}: milliseconds, median / p95`.padEnd(width + 2) +
      depths.map((jobs) => jobs.toLocaleString('en').padStart(18)).join(''),
  );
  for (const [name, taken] of samples) {
    const cells = depths.map((jobs) => MEASURES.map(({ of }) => of(taken.get(jobs)!).toFixed(2)).join(' / '));
    console.log(name.padEnd(width + 1) + cells.map((cell) => cell.padStart(18)).join(''));
  }
}
