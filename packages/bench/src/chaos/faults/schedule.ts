import { setTimeout as pause } from 'node:timers/promises';
import type { Fleet } from '../fleet.ts';
import { type Draw, type Fault, type Happened, KILLS } from './fault.ts';
import { killGateway, killOcr, killReader, killRedis, killRedisAndData, stopPostgres } from './kills.ts';
import { cutNetwork, fillDisk, pauseOcr, pausePostgres, slowDisk } from './outages.ts';

/** How often each is drawn, in a hundred: more than two in three end a process. */
const WEIGHTS: readonly (readonly [Draw, number])[] = [
  [killReader, 25],
  [killOcr, 16],
  [killGateway, 16],
  [killRedisAndData, 7],
  [killRedis, 6],
  [stopPostgres, 9],
  [pausePostgres, 3],
  [fillDisk, 4],
  [slowDisk, 4],
  [cutNetwork, 9],
  [pauseOcr, 3],
];
const KILL_SHARE = 0.75;
/** Faults at a time: most are over in a few seconds, and what fails while something else has failed is worth the most. */
const MOST_AT_ONCE = 3;
const LEAST_GAP_MS = 300;
/** Of the time that was asked for. */
const MOST_MORE = 0.5;
const LOOK_EVERY_MS = 50;

export interface Schedule {
  readonly seconds: number;
  /** Kills that are wanted in that time. */
  readonly kills: number;
  /** The longest that a fault may last, milliseconds. */
  readonly mostMs: number;
  readonly random: () => number;
  readonly onBegin: (fault: Fault) => void;
  readonly onEnd: (fault: Happened) => void;
}

/** Lets one fault after another happen, some at a time, and resolves when the time is up and all are undone. */
export async function runFaults(fleet: Fleet, schedule: Schedule): Promise<Happened[]> {
  const { seconds, kills, mostMs, random } = schedule;
  const over = Date.now() + seconds * 1_000;
  const happened: Happened[] = [];
  const running = new Map<Fault, Promise<void>>();
  let begun = 0;

  const begin = (fault: Fault): void => {
    schedule.onBegin(fault);
    if (KILLS.has(fault.kind)) begun += 1;
    const from = Date.now();
    const done = fault.run().then((killed) => {
      const { kind, targets, words } = fault;
      const one = { kind, targets, words, from, until: Date.now(), killed };
      happened.push(one);
      schedule.onEnd(one);
      running.delete(fault);
    });
    running.set(fault, done);
  };

  // Where faults take long, or could not be had, it goes on for a while until the kills are had.
  const late = over + seconds * 1_000 * MOST_MORE;
  while (Date.now() < over || (begun < kills && Date.now() < late)) {
    const gap = (over - Date.now()) / Math.max(1, (kills - begun) / KILL_SHARE);
    await pause(Math.max(LEAST_GAP_MS, gap * (0.5 + random())));
    while (running.size >= MOST_AT_ONCE) await pause(LOOK_EVERY_MS);
    const fault = drawFault(fleet, random, mostMs);
    const busy = new Set([...running.keys()].flatMap(({ targets }) => targets));
    if (fault && !fault.targets.some((target) => busy.has(target))) begin(fault);
  }
  await Promise.all(running.values());
  return happened;
}

function drawFault(fleet: Fleet, random: () => number, mostMs: number): Fault | null {
  const all = WEIGHTS.reduce((sum, [, weight]) => sum + weight, 0);
  let left = random() * all;
  for (const [draw, weight] of WEIGHTS) {
    left -= weight;
    if (left < 0) return draw(fleet, random, mostMs);
  }
  return null;
}
