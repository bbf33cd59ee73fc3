import { execFile } from 'node:child_process';
import { access, chown, constants, mkdtemp, statfs, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { type GuardedProcess, startGuarded } from './guarded-process.ts';
import { freePort } from './ports.ts';
import { type PostgresVersion, postgresPrograms, postgresUser } from './postgres-programs.ts';

const run = promisify(execFile);
const SUPERUSER_PASSWORD = 'superuser';
const START_SECONDS = 120;

/** Speed before safety: the data of a test need not survive a crash. `listen_addresses` keeps it on this machine. */
const SETTINGS = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  fsync: 'off',
  full_page_writes: 'off',
  synchronous_commit: 'off',
  wal_level: 'minimal',
  max_wal_senders: '0',
  max_connections: '200',
  shared_buffers: '64MB',
  autovacuum: 'on',
  // In memory each file of the log costs what it holds.
  max_wal_size: '128MB',
};

/** Linux's file system in memory: a disk that stalls for seconds does not reach what lies there. */
const IN_MEMORY = '/dev/shm';
/** Free there, and free altogether, or the data lie on the disk: a container may have 64 MiB, or give tests no more than they need. */
const LEAST_THERE_BYTES = 4 * 1024 ** 3;
const LEAST_MEMORY_BYTES = 8 * 1024 ** 3;

async function dataFolder(): Promise<string> {
  try {
    await access(IN_MEMORY, constants.W_OK);
    const { bavail, bsize } = await statfs(IN_MEMORY);
    const isRoomy = bavail * bsize >= LEAST_THERE_BYTES && process.availableMemory() >= LEAST_MEMORY_BYTES;
    return isRoomy ? IN_MEMORY : tmpdir();
  } catch {
    // Another system, or none that we may write to.
    return tmpdir();
  }
}

export interface PostgresServer {
  readonly version: PostgresVersion;
  readonly port: number;
  /** Of the database `postgres`, as a superuser. */
  readonly superuserUrl: string;
  /** Of the postmaster. */
  readonly pid: number;
  /** Ends it at once; its folder goes with it. */
  stop(): Promise<void>;
}

/**
 * Starts an empty PostgreSQL server of its own on a free port of 127.0.0.1, as root too. It ends with this process at the latest.
 * Takes about 0.5 s. Throws when Debian's version 15 is not installed (see `whyAbsent`).
 */
export async function startPostgres(
  options: { version?: PostgresVersion; settings?: Readonly<Record<string, string>> } = {},
): Promise<PostgresServer> {
  const version = options.version ?? 18;
  const runAs = postgresUser();
  const programs = postgresPrograms(version, runAs);
  // One with settings of its own is measured, or filled with a million rows.
  const below = Object.keys(options.settings ?? {}).length > 0 ? tmpdir() : await dataFolder();
  const folder = await mkdtemp(join(below, `docusnap-postgres-${version}-`));
  const passwordFile = join(folder, 'password');
  await writeFile(passwordFile, SUPERUSER_PASSWORD, { mode: 0o600 });
  if (runAs !== null) {
    await chown(folder, runAs.uid, runAs.gid);
    await chown(passwordFile, runAs.uid, runAs.gid);
  }
  const data = join(folder, 'data');
  await run(
    join(programs, 'initdb'),
    [
      `--pgdata=${data}`,
      '--username=postgres',
      '--auth=scram-sha-256',
      `--pwfile=${passwordFile}`,
      '--encoding=UTF8',
      '--locale=C',
      '--no-sync',
      '--no-instructions',
    ],
    { cwd: folder, ...(runAs ?? {}) },
  );
  const port = await freePort();
  const settings = Object.entries({ ...SETTINGS, ...options.settings }).flatMap(([name, value]) => [
    '-c',
    `${name}=${value}`,
  ]);
  const server = await startGuarded([join(programs, 'postgres'), '-D', data, '-p', String(port), ...settings], {
    removeFolder: folder,
    stopSignal: 'QUIT',
    runAs,
    cwd: folder,
  });
  const superuserUrl = `postgres://postgres:${SUPERUSER_PASSWORD}@127.0.0.1:${port}/postgres`;
  await untilReady(server, superuserUrl);
  return { version, port, superuserUrl, pid: server.pid, stop: () => server.stop() };
}

async function untilReady(server: GuardedProcess, url: string): Promise<void> {
  let ended: string | null = null;
  void server.ended.then(({ output }) => {
    ended = output;
  });
  const deadline = Date.now() + START_SECONDS * 1_000;
  for (;;) {
    const client = new pg.Client({ connectionString: url });
    try {
      await client.connect();
      await client.end();
      return;
    } catch (error) {
      if (ended !== null) throw new Error(`PostgreSQL ended while starting: ${ended}`, { cause: error });
      if (Date.now() > deadline) {
        await server.stop();
        throw new Error(`PostgreSQL did not start within ${START_SECONDS} s`, { cause: error });
      }
      // There is no event to wait for: the server says that it is ready only in a log whose words depend on its language.
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}
