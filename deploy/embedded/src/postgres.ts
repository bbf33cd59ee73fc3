import { spawn } from 'node:child_process';
import { closeSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import type { Account } from './account.ts';
import { type Binaries, findBinaries } from './binaries.ts';
import { ensureCluster, SUPERUSER } from './cluster.ts';
import type { Folders } from './folders.ts';
import { type Kept, keepRunning, type Program, type Watch } from './keep.ts';
import { clearServerLock, SERVER_TITLE } from './leftovers.ts';
import { openLog } from './logs.ts';
import { freePort } from './ports.ts';
import type { Progress } from './progress.ts';
import type { Secrets } from './secrets.ts';

export interface Database extends Kept {
  /** The server's address for a role and one of its databases. */
  url(role: string, password: string, database: string): string;
}

/** Only this machine can connect, only with a password, and nothing is said to be stored before it is on the disk. */
const SETTINGS: Readonly<Record<string, string>> = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  fsync: 'on',
  log_timezone: 'UTC',
  timezone: 'UTC',
};

/** Starts PostgreSQL on a free port of 127.0.0.1, with its data in `folders.postgres`, and keeps it running there. */
export async function startPostgres(
  folders: Folders,
  secrets: Secrets,
  options: { account: Account | null; progress: Progress; watch: Watch; signal: AbortSignal },
): Promise<Database> {
  const binaries = await findBinaries(folders, options.account, options.progress);
  await ensureCluster(folders.postgres, secrets.superuserPassword, { ...options, binaries });
  options.progress.step('Starting PostgreSQL');
  let port = 0;
  const url: Database['url'] = (role, password, database) =>
    `postgres://${role}:${password}@127.0.0.1:${port}/${database}`;
  const log = join(folders.logs, 'postgres.log');
  const program: Program = {
    title: SERVER_TITLE,
    log,
    async spawn(wasReady) {
      // The services know the port once it was ready, so it stays; before that, another one in case it was just taken.
      if (!wasReady) port = await freePort();
      clearServerLock(folders.postgres);
      return spawnServer(binaries, { folder: folders.postgres, log, port, account: options.account });
    },
    isReady: () => answers(url(SUPERUSER, secrets.superuserPassword, 'postgres')),
    // "Fast": ends open connections, writes everything out.
    stopSignal: 'SIGINT',
    stopGraceMs: 30_000,
    // After a power cut it first repeats its journal, which takes as long as there is of it.
    startLimitMs: 300_000,
    startTries: 6,
  };
  const kept = await keepRunning(program, options.watch, options.signal);
  return { url, stop: kept.stop };
}

function spawnServer(
  binaries: Binaries,
  options: { folder: string; log: string; port: number; account: Account | null },
): ReturnType<typeof spawn> {
  const output = openLog(options.log);
  try {
    const settings = Object.entries(SETTINGS).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
    return spawn(binaries.postgres, ['-D', options.folder, '-p', String(options.port), ...settings], {
      cwd: '/',
      // A session of its own: Ctrl-C in the terminal must reach the services before the database.
      detached: true,
      stdio: ['ignore', output, output],
      // Nothing of ours: PGDATA and the like would change what it does.
      env: { LC_ALL: 'C' },
      ...(options.account === null ? {} : { uid: options.account.uid, gid: options.account.gid }),
    });
  } finally {
    closeSync(output);
  }
}

async function answers(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2_000 });
  try {
    await client.connect();
    await client.end();
    return true;
  } catch {
    // Not listening yet, or still recovering; the caller asks until its time is up and then shows the server's log.
    return false;
  }
}
