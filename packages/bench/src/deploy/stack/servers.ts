import { chmod, chown, cp, mkdir } from 'node:fs/promises';
import { connect } from 'node:net';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { findTool, freePort, type GuardedProcess, postgresUser, startGuarded, whyAbsent } from '@docusnap/testing';
import type { Secrets } from './secrets.ts';

const START_MS = 60_000;
const LOOK_EVERY_MS = 100;
/** Sizes for a machine that does much else; an installation gives its own in the same way. */
const SMALL = ['-c', 'shared_buffers=64MB', '-c', 'max_wal_size=256MB'];

export interface Postgres {
  readonly primaryPort: number;
  readonly replicaPort: number;
}

/** What closes what was started, last opened first. */
export type Closing = (() => Promise<unknown>)[];

/** PostgreSQL 15 of Debian, primary and streaming replica, by the files of deploy/postgres. */
export async function startPostgresPair(
  root: string,
  folder: string,
  secrets: Secrets,
  closing: Closing,
): Promise<Postgres> {
  const program = findTool('postgres-15');
  if (program === null) throw new Error(whyAbsent('postgres-15') ?? 'postgres-15 went away');
  const runAs = postgresUser();
  const home = join(folder, 'postgres');
  const sockets = join(home, 'sockets');
  await mkdir(sockets, { recursive: true });
  // A copy, since its user may not be able to enter the repository's folder.
  await cp(join(root, 'deploy/postgres'), join(home, 'deploy'), { recursive: true });
  for (const path of [home, sockets]) if (runAs) await chown(path, runAs.uid, runAs.gid);
  await chmod(folder, 0o711);
  const [primaryPort, replicaPort] = [await freePort(), await freePort()];
  const path = `PATH=${dirname(program)}:${process.env.PATH}`;
  const start = async (script: string, port: number, variables: Record<string, string>): Promise<GuardedProcess> => {
    const environment = Object.entries({ POSTGRES_SOCKETS: sockets, ...variables }).map(
      ([name, value]) => `${name}=${value}`,
    );
    const command = ['env', path, ...environment, join(home, 'deploy', script), '-p', String(port), ...SMALL];
    const server = await startGuarded(command, { removeFolder: '', stopSignal: 'QUIT', runAs, cwd: home });
    closing.push(() => server.stop());
    await untilListens(port, server, script);
    return server;
  };
  await start('start-primary', primaryPort, {
    PGDATA: join(home, 'primary'),
    POSTGRES_PASSWORD_FILE: secrets.passwordFiles.postgres,
    REPLICATION_PASSWORD_FILE: secrets.passwordFiles.replicator,
    MONITOR_PASSWORD_FILE: secrets.passwordFiles.monitor,
  });
  await start('start-replica', replicaPort, {
    PGDATA: join(home, 'replica'),
    PRIMARY_HOST: '127.0.0.1',
    PRIMARY_PORT: String(primaryPort),
    REPLICATION_PASSWORD_FILE: secrets.passwordFiles.replicator,
  });
  return { primaryPort, replicaPort };
}

/** Redis by deploy/redis/redis.conf. Gives its port. */
export async function startRedisByFile(root: string, folder: string, closing: Closing): Promise<number> {
  const program = findTool('redis-server');
  if (program === null) throw new Error(whyAbsent('redis-server') ?? 'redis-server went away');
  const data = join(folder, 'redis');
  await mkdir(data);
  const port = await freePort();
  const settings = ['--dir', data, '--port', String(port), '--bind', '127.0.0.1', '--protected-mode', 'no'];
  const server = await startGuarded([program, join(root, 'deploy/redis/redis.conf'), ...settings], {
    removeFolder: '',
    stopSignal: 'KILL',
    runAs: null,
    cwd: data,
  });
  closing.push(() => server.stop());
  await untilListens(port, server, 'redis-server');
  return port;
}

/** Resolves once somebody takes connections there. */
export async function untilListens(port: number, server: GuardedProcess, name: string): Promise<void> {
  let ended: string | undefined;
  void server.ended.then(({ output }) => {
    ended = output;
  });
  const deadline = Date.now() + START_MS;
  while (!(await listens(port))) {
    if (ended !== undefined) throw new Error(`${name} ended while starting: ${ended}`);
    if (Date.now() > deadline) throw new Error(`${name} did not listen within ${START_MS / 1_000} s`);
    await pause(LOOK_EVERY_MS);
  }
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' });
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
