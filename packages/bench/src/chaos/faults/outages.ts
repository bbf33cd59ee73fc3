import { setTimeout as pause } from 'node:timers/promises';
import { descendantsOf } from '../../soak/resident.ts';
import { between, type Draw, oneOf } from './fault.ts';

/** Milliseconds. */
const PAUSE = { least: 1_000, most: 20_000 } as const;
const FULL = { least: 1_000, most: 8_000 } as const;
const SLOW = { least: 2_000, most: 10_000 } as const;
const CUT = { least: 500, most: 15_000 } as const;
/** Some are longer than a lease: units are then given to others while their holder still has them. */
const OVERLONG_MS = 36_000;
const OVERLONG = { cut: 0.1, pause: 0.5 } as const;
/** What a call to a slow disk takes more, milliseconds. */
const DELAY = { least: 50, most: 600 } as const;

/** All its processes: a backend that went on would answer. */
export const pausePostgres: Draw = ({ postgres }, random, mostMs) => {
  const ms = Math.min(mostMs, between(random, PAUSE.least, PAUSE.most));
  return {
    kind: 'postgres paused',
    targets: ['postgres'],
    words: `for ${ms} ms`,
    async run() {
      const main = postgres.pid();
      signal([main], 'SIGSTOP');
      const all = [main, ...descendantsOf(main)];
      signal(all, 'SIGSTOP');
      await pause(ms);
      signal(all.toReversed(), 'SIGCONT');
      return [];
    },
  };
};

/** Its main process only: its readers go on, and find nobody to tell. When it goes on, too, its units may be others'. */
export const pauseOcr: Draw = ({ ocrs }, random, mostMs) => {
  const service = oneOf(random, ocrs);
  const pid = service?.pid();
  if (!service || !pid) return null;
  const ms = Math.min(mostMs, random() < OVERLONG.pause ? OVERLONG_MS : between(random, PAUSE.least, PAUSE.most));
  return {
    kind: 'ocr paused',
    targets: [service.name],
    words: `${service.name}, for ${ms} ms`,
    async run() {
      signal([pid], 'SIGSTOP');
      await pause(ms);
      signal([pid], 'SIGCONT');
      return [];
    },
  };
};

function signal(pids: readonly number[], name: 'SIGSTOP' | 'SIGCONT'): void {
  for (const pid of pids) {
    try {
      process.kill(pid, name);
    } catch (error) {
      // A backend whose client went away may end in between.
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  }
}

export const fillDisk: Draw = ({ disk }, random, mostMs) => {
  if (disk.why !== null) return null;
  const ms = Math.min(mostMs, between(random, FULL.least, FULL.most));
  return {
    kind: 'disk full',
    targets: ['disk'],
    words: `for ${ms} ms`,
    async run() {
      try {
        await disk.fill();
        await pause(ms);
      } finally {
        await disk.empty();
      }
      return [];
    },
  };
};

export const slowDisk: Draw = ({ disk }, random, mostMs) => {
  const ms = Math.min(mostMs, between(random, SLOW.least, SLOW.most));
  const delay = between(random, DELAY.least, DELAY.most);
  return {
    kind: 'disk slow',
    targets: ['disk'],
    words: `each call ${delay} ms more, for ${ms} ms`,
    async run() {
      await disk.slow(delay);
      await pause(ms);
      await disk.slow(0);
      return [];
    },
  };
};

/** Between a service and a server, or between the callers and a gateway. */
export const cutNetwork: Draw = ({ network, gateways, ocrs, redis }, random, mostMs) => {
  const servers = ['postgres', ...(redis ? ['redis'] : [])];
  const inside = [...gateways, ...ocrs].flatMap(({ name }) => servers.map((server) => [name, server] as const));
  const pair = oneOf(random, [...inside, ...gateways.map(({ name }) => [network.caller, name] as const)]);
  if (!pair) return null;
  const ms = Math.min(mostMs, random() < OVERLONG.cut ? OVERLONG_MS : between(random, CUT.least, CUT.most));
  return {
    kind: 'network cut',
    targets: [`${pair[0]}-${pair[1]}`],
    words: `${pair[0]} from ${pair[1]}, for ${ms} ms`,
    async run() {
      await network.cut(...pair);
      await pause(ms);
      await network.mend(...pair);
      return [];
    },
  };
};
