import { openFleet, type Waiting } from './fleet.ts';
import { type AutoscalerSettings, openAutoscaler } from './horizontal-autoscaler.ts';
import { DAY_SECONDS } from './load.ts';

/** How often the autoscaler looks (`--horizontal-pod-autoscaler-sync-period`), and Prometheus and metrics-server scrape: seconds, their defaults. */
const LOOK_SECONDS = 15;
const SCRAPE_SECONDS = 15;
/** What a pod's processors do beside reading: its main process, of what its readers take when all are busy. */
const BESIDE_READING = 0.05;

export interface World {
  /** When pages come, in order. */
  readonly pages: readonly number[];
  readonly readersPerPod: number;
  /** Seconds of the page with this number, in the order of reading. */
  readonly pageSeconds: (page: number) => number;
  /** The mean of those, as readers measure it. */
  readonly meanPageSeconds: number;
  readonly startSeconds: number;
}

/** A fleet of always as many pods, or one that an autoscaler changes. */
export type Scaling = { readonly pods: number } | AutoscalerSettings;

export interface Outcome {
  /** Seconds that each page waited until its reading began. */
  readonly waits: readonly number[];
  readonly podHours: number;
  readonly mostPods: number;
  /** How often the number of pods was changed. */
  readonly changes: number;
}

/** A day of pages, and then until all are read. */
export function simulate(world: World, scaling: Scaling): Outcome {
  const { pages } = world;
  const fleet = openFleet(world);
  const isFixed = !('metrics' in scaling);
  const autoscaler = isFixed ? undefined : openAutoscaler(scaling);
  let pods = isFixed ? scaling.pods : scaling.minPods;
  // There since before the day began.
  fleet.resize(-world.startSeconds, pods);
  let arrived = 0;
  let read = 0;
  const waiting: Waiting = {
    first: () => (read < pages.length && pages[read]! < now + 1 ? pages[read] : undefined),
    take: () => {
      read += 1;
    },
  };
  const waits: number[] = [];
  let [backlogSeconds, cpu, mostPods, changes] = [0, 0, pods, 0];
  let now = 0;
  for (; now < DAY_SECONDS || read < pages.length; now += 1) {
    waits.push(...fleet.work(now, waiting));
    while (arrived < pages.length && pages[arrived]! <= now) arrived += 1;
    if (now % SCRAPE_SECONDS === SCRAPE_SECONDS - 1) {
      const pace = Math.max(1, fleet.ready(now)) * (world.readersPerPod / world.meanPageSeconds);
      backlogSeconds = (Math.max(0, arrived - read) + fleet.inHand(now)) / pace;
      const { busy, there } = fleet.takeBusy();
      cpu = there === 0 ? 0 : Math.min(1, (busy / there) * (1 + BESIDE_READING));
    }
    if (autoscaler && now % LOOK_SECONDS === 0) {
      const wanted = autoscaler.decide(now, {
        backlogSeconds,
        cpu,
        ready: fleet.ready(now),
        starting: fleet.starting(now),
      });
      if (wanted !== pods) changes += 1;
      pods = wanted;
      mostPods = Math.max(mostPods, pods);
      fleet.resize(now, pods);
    }
  }
  return { waits, podHours: fleet.podSeconds() / 3_600, mostPods, changes };
}
