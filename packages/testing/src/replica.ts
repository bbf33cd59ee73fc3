import { execFile } from 'node:child_process';
import { chown, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { type GuardedProcess, startGuarded } from './guarded-process.ts';
import { freePort } from './ports.ts';
import type { PostgresServer } from './postgres.ts';
import { postgresPrograms, postgresUser } from './postgres-programs.ts';

const START_MS = 120_000;
const LOOK_EVERY_MS = 25;

/** What a primary needs for replicas; tests' servers are started without. */
export const FOR_REPLICAS = { wal_level: 'replica', max_wal_senders: '5', hot_standby: 'on' } as const;

export interface ReplicaServer {
  readonly port: number;
  /** Lets it fall behind, and catch up. */
  pause(): Promise<void>;
  resume(): Promise<void>;
  /** Makes a primary of it. */
  promote(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts a streaming replica of a server of Debian's version, which was started with `settings: FOR_REPLICAS`. */
export async function startReplica(primary: PostgresServer): Promise<ReplicaServer> {
  const runAs = postgresUser();
  const programs = postgresPrograms(15, runAs);
  const folder = await mkdtemp(join(tmpdir(), 'docusnap-postgres-replica-'));
  if (runAs !== null) await chown(folder, runAs.uid, runAs.gid);
  const data = join(folder, 'data');
  const copy = [`--pgdata=${data}`, `--dbname=${primary.superuserUrl}`, '--write-recovery-conf', '--checkpoint=fast'];
  await promisify(execFile)(join(programs, 'pg_basebackup'), [...copy, '--no-sync'], { cwd: folder, ...(runAs ?? {}) });
  const port = await freePort();
  const settings = { listen_addresses: '127.0.0.1', unix_socket_directories: '', fsync: 'off', max_connections: '200' };
  const words = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const server = await startGuarded([join(programs, 'postgres'), '-D', data, '-p', String(port), ...words], {
    removeFolder: folder,
    stopSignal: 'QUIT',
    runAs,
    cwd: folder,
  });
  const url = new URL(primary.superuserUrl);
  url.port = String(port);
  const say = (statement: string): Promise<void> => sayOnce(url.toString(), statement);
  await untilReady(server, say);
  return {
    port,
    pause: () => say('SELECT pg_wal_replay_pause()'),
    resume: () => say('SELECT pg_wal_replay_resume()'),
    promote: () => say('SELECT pg_promote()'),
    stop: () => server.stop(),
  };
}

async function sayOnce(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query(statement);
  } finally {
    // One that never came about cannot say farewell.
    await client.end().catch(() => undefined);
  }
}

async function untilReady(server: GuardedProcess, say: (statement: string) => Promise<void>): Promise<void> {
  let ended: string | undefined;
  void server.ended.then(({ output }) => {
    ended = output;
  });
  for (const deadline = Date.now() + START_MS; ; ) {
    try {
      await say('SELECT 1');
      return;
    } catch (error) {
      if (ended !== undefined) throw new Error(`The replica ended while starting: ${ended}`, { cause: error });
      if (Date.now() > deadline) throw new Error('The replica did not start in time', { cause: error });
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    }
  }
}
