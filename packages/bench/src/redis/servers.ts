import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { findTool, freePort, type GuardedProcess, startGuarded, temporaryFolder, whyAbsent } from '@docusnap/testing';
import { Redis } from 'ioredis';

const START_MS = 20_000;
const SLOTS = 16_384;
/** Of sentinels: silence after which a master counts as down. */
const DOWN_AFTER_MS = 1_000;

export interface RedisNode {
  readonly port: number;
  /** Ends it at once. */
  kill(): Promise<void>;
}

/** Several servers that belong together, as REDIS_URL names them. */
export interface RedisGroup {
  readonly url: string;
  readonly nodes: readonly RedisNode[];
  stop(): Promise<void>;
}

async function openFolder(closing: (() => Promise<void>)[]): Promise<string> {
  const folder = await temporaryFolder('redis-group');
  await chmod(folder.path, 0o700);
  closing.push(folder.remove);
  return folder.path;
}

const SETTINGS = ['--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--maxmemory-policy', 'noeviction'];

async function startNode(
  folder: string,
  args: readonly string[],
  closing: (() => Promise<void>)[],
): Promise<RedisNode> {
  const program = findTool('redis-server');
  if (program === null) throw new Error(whyAbsent('redis-server') ?? 'redis-server went away');
  const port = await freePort();
  const files = ['--port', String(port), '--dir', folder, '--cluster-config-file', `nodes-${port}.conf`];
  const server: GuardedProcess = await startGuarded([program, ...args, ...files], {
    removeFolder: '',
    stopSignal: 'KILL',
    runAs: null,
    cwd: folder,
  });
  closing.push(() => server.stop());
  const comesUp = until(() => ask(port, (client) => client.ping()).then((answer) => answer === 'PONG'));
  const failed = server.ended.then(({ output }) => {
    throw new Error(`redis-server ended: ${output.slice(-500)}`);
  });
  // Of no interest once it is up.
  failed.catch(() => undefined);
  comesUp.catch(() => undefined);
  await Promise.race([comesUp, failed]);
  return { port, kill: () => server.stop() };
}

async function ask<T>(port: number, act: (client: Redis) => Promise<T>): Promise<T> {
  const client = new Redis(port, '127.0.0.1', { retryStrategy: () => null, maxRetriesPerRequest: 0 });
  // What breaks shows in the call.
  client.on('error', () => undefined);
  try {
    return await act(client);
  } finally {
    client.disconnect();
  }
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  for (const deadline = Date.now() + START_MS; ; await pause(50)) {
    if (await holds().catch(() => false)) return;
    if (Date.now() > deadline) throw new Error('The Redis servers did not come up in time');
  }
}

const closeAll = async (closing: (() => Promise<void>)[]): Promise<void> => {
  for (let step = closing.pop(); step; step = closing.pop()) await step();
};

/** A master, its replica, and three sentinels that watch them; the first node is the master. */
export async function startSentinels(): Promise<RedisGroup> {
  const closing: (() => Promise<void>)[] = [];
  const folder = await openFolder(closing);
  const master = await startNode(folder, SETTINGS, closing);
  const replica = await startNode(folder, [...SETTINGS, '--replicaof', `127.0.0.1 ${master.port}`], closing);
  await until(() =>
    ask(replica.port, (client) => client.info('replication')).then((text) => /master_link_status:up/.test(text)),
  );
  const sentinels: RedisNode[] = [];
  for (const name of ['a', 'b', 'c']) {
    const file = join(folder, `sentinel-${name}.conf`);
    const watch = [
      `monitor queue 127.0.0.1 ${master.port} 2`,
      `down-after-milliseconds queue ${DOWN_AFTER_MS}`,
      'failover-timeout queue 3000',
    ];
    await writeFile(file, watch.map((line) => `sentinel ${line}\n`).join(''));
    sentinels.push(await startNode(folder, [file, '--sentinel', '--bind', '127.0.0.1'], closing));
  }
  const known = (port: number): Promise<boolean> =>
    ask(port, (client) => client.call('SENTINEL', 'CKQUORUM', 'queue')).then((answer) =>
      /3 usable/.test(String(answer)),
    );
  await until(async () => (await Promise.all(sentinels.map(({ port }) => known(port)))).every(Boolean));
  const seen = (port: number): Promise<boolean> =>
    ask(port, (client) => client.call('SENTINEL', 'REPLICAS', 'queue')).then(
      (answer) => (answer as unknown[]).length === 1,
    );
  await until(async () => (await Promise.all(sentinels.map(({ port }) => seen(port)))).every(Boolean));
  const hosts = sentinels.map(({ port }) => `127.0.0.1:${port}`).join(',');
  return { url: `redis+sentinel://${hosts}/queue`, nodes: [master, replica], stop: () => closeAll(closing) };
}

/** Three masters that share the slots among them. */
export async function startCluster(): Promise<RedisGroup> {
  const closing: (() => Promise<void>)[] = [];
  const folder = await openFolder(closing);
  const nodes: RedisNode[] = [];
  // Unless told it takes the port 10,000 above its own, which may be that of somebody's outgoing connection.
  const buses = [await freePort(), await freePort(), await freePort()];
  for (const bus of buses) {
    const cluster = [
      '--cluster-enabled',
      'yes',
      '--cluster-require-full-coverage',
      'no',
      '--cluster-port',
      String(bus),
    ];
    nodes.push(await startNode(folder, [...SETTINGS, ...cluster], closing));
  }
  const first = [String(nodes[0]!.port), String(buses[0])];
  for (const [index, { port }] of nodes.entries()) {
    const from = Math.ceil((index * SLOTS) / nodes.length);
    const to = Math.ceil(((index + 1) * SLOTS) / nodes.length) - 1;
    await ask(port, (client) => client.call('CLUSTER', 'ADDSLOTSRANGE', String(from), String(to)));
    await ask(port, (client) => client.call('CLUSTER', 'MEET', '127.0.0.1', ...first));
  }
  const isWhole = (port: number): Promise<boolean> =>
    ask(port, (client) => client.call('CLUSTER', 'INFO')).then((text) =>
      /cluster_state:ok[\s\S]*cluster_known_nodes:3/.test(String(text)),
    );
  await until(async () => (await Promise.all(nodes.map(({ port }) => isWhole(port)))).every(Boolean));
  const hosts = nodes.map(({ port }) => `127.0.0.1:${port}`).join(',');
  return { url: `redis+cluster://${hosts}`, nodes, stop: () => closeAll(closing) };
}
