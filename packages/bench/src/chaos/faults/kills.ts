import { setTimeout as pause } from 'node:timers/promises';
import type { Service } from '../service.ts';
import { between, type Draw, oneOf } from './fault.ts';

/** Milliseconds until what was killed is started again. */
const DOWN = { least: 100, most: 3_000 } as const;

export const killGateway: Draw = (fleet, random) =>
  killService('gateway killed', oneOf(random, fleet.gateways), random);
export const killOcr: Draw = (fleet, random) => killService('ocr killed', oneOf(random, fleet.ocrs), random);

function killService(kind: 'gateway killed' | 'ocr killed', service: Service | undefined, random: () => number) {
  if (!service?.pid()) return null;
  const down = between(random, DOWN.least, DOWN.most);
  return {
    kind,
    targets: [service.name],
    words: `${service.name}, down for ${down} ms`,
    async run() {
      const pid = await service.kill();
      await pause(down);
      service.start();
      return [pid];
    },
  };
}

/** The ocr service starts another by itself. */
export const killReader: Draw = (fleet, random) => {
  const service = oneOf(random, fleet.ocrs);
  const reader = oneOf(random, service?.children() ?? []);
  if (!service || reader === undefined) return null;
  return {
    kind: 'reader killed',
    targets: [service.name],
    words: `${reader} of ${service.name}`,
    async run() {
      return endProcess(reader) ? [reader] : [];
    },
  };
};

function endProcess(pid: number): boolean {
  try {
    return process.kill(pid, 'SIGKILL');
  } catch (error) {
    // It ended by itself just now, with its parent or of age.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    return false;
  }
}

const redisKilled =
  (kind: 'redis killed, back empty' | 'redis killed, back with its data'): Draw =>
  ({ redis }, random) => {
    if (!redis) return null;
    const down = between(random, DOWN.least, DOWN.most);
    return {
      kind,
      targets: ['redis'],
      words: `down for ${down} ms`,
      async run() {
        const pid = redis.pid();
        await redis.kill();
        await pause(down);
        await redis.start({ empty: kind === 'redis killed, back empty' });
        return [pid];
      },
    };
  };

export const killRedisAndData = redisKilled('redis killed, back empty');

export const killRedis = redisKilled('redis killed, back with its data');

export const stopPostgres: Draw = ({ postgres }, random) => {
  const down = between(random, DOWN.least, DOWN.most);
  return {
    kind: 'postgres stopped',
    targets: ['postgres'],
    words: `down for ${down} ms`,
    async run() {
      const pid = postgres.pid();
      await postgres.kill();
      await pause(down);
      await postgres.start();
      return [pid];
    },
  };
};
