import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { openQueue, type Queue } from '@docusnap/queue';
import { whyAbsent } from '@docusnap/testing';
import { type RedisGroup, startCluster, startSentinels } from './redis/servers.ts';
import { type Figure, figure, report } from './report.ts';
import { runCommand } from './usage.ts';

/**
 * Doorbells over real sentinels, whose master is killed in the midst, and over a real cluster of three: how many that were rung are heard, and how long
 * after the death of the master they are again.
 */

const USAGE = 'npm run test:redis -- [--json FILE]';
const BELLS = 200;
const HEAR_MS = 20_000;
const RING_AGAIN_MS = 200;
/** Silence that sentinels wait for (1 s), an election, and the clients' own second between two tries. */
const MOST_FAILOVER_MS = 15_000;

interface Heard {
  readonly queue: Queue;
  count(): number;
}

async function open(url: string): Promise<Heard> {
  let heard = 0;
  const queue = await openQueue({ redisUrl: url, onError: () => undefined });
  const listener = queue.listen('read', 8, async () => {
    heard += 1;
  });
  await listener.ready;
  return { queue, count: () => heard };
}

async function untilHeard({ count }: Heard, most: number): Promise<number> {
  for (const deadline = Date.now() + HEAR_MS; count() < most && Date.now() < deadline; ) await pause(20);
  return count();
}

async function rungAndHeard(group: RedisGroup, name: string): Promise<Figure> {
  const heard = await open(group.url);
  try {
    await heard.queue.ring('read', BELLS, { jobId: null });
    const all = await untilHeard(heard, BELLS);
    return figure(`${name}: bells heard of ${BELLS}`, 'bells', all, [all], { atLeast: BELLS });
  } finally {
    await heard.queue.close();
  }
}

/** From the death of the master until a bell that is rung again and again, as the sweep does, is heard. */
async function failover(group: RedisGroup): Promise<Figure> {
  const heard = await open(group.url);
  try {
    await group.nodes[0]!.kill();
    const began = performance.now();
    for (const deadline = Date.now() + 2 * MOST_FAILOVER_MS; heard.count() === 0 && Date.now() < deadline; ) {
      // Fails while there is no master.
      await heard.queue.ring('read', 1, { jobId: null }).catch(() => undefined);
      await pause(RING_AGAIN_MS);
    }
    const ms = heard.count() === 0 ? Number.POSITIVE_INFINITY : performance.now() - began;
    return figure('sentinels: from the death of the master to the next bell', 'ms', ms, [ms], {
      atMost: MOST_FAILOVER_MS,
    });
  } finally {
    await heard.queue.close();
  }
}

async function main(): Promise<0 | 1> {
  const { values } = parseArgs({ options: { json: { type: 'string' } } });
  const why = whyAbsent('redis-server');
  if (why !== null) {
    console.log(`not run: ${why}`);
    return process.env.CI === 'true' ? 1 : 0;
  }
  const figures: Figure[] = [];
  const sentinels = await startSentinels();
  try {
    figures.push(await rungAndHeard(sentinels, 'sentinels'), await failover(sentinels));
  } finally {
    await sentinels.stop();
  }
  const cluster = await startCluster();
  try {
    figures.push(await rungAndHeard(cluster, 'cluster of three'));
  } finally {
    await cluster.stop();
  }
  return report(figures, values.json);
}

process.exitCode = await runCommand(USAGE, main);
