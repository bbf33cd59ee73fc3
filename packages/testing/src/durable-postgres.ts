import { execFile } from 'node:child_process';
import { appendFile, chown, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { type GuardedProcess, startGuarded } from './guarded-process.ts';
import { postgresPrograms, postgresUser } from './postgres-programs.ts';

const run = promisify(execFile);
const PASSWORD = 'superuser';
const START_SECONDS = 120;
const LOOK_EVERY_MS = 25;

/**
 * What was committed is there after the server was killed: its log is written before a commit is answered, and lies with the system. (It is not
 * synced to the disk, which matters when the system itself fails.)
 */
const SETTINGS = {
  unix_socket_directories: '',
  fsync: 'off',
  full_page_writes: 'off',
  synchronous_commit: 'on',
  max_connections: '200',
  shared_buffers: '64MB',
};

/** A PostgreSQL server that can be killed and started again on its data; for tests of what happens then. */
export interface DurablePostgres {
  readonly address: string;
  readonly port: number;
  /** Of a database with all tables, as a superuser. */
  readonly superuserUrl: string;
  /** Of the postmaster; another one after each start. */
  pid(): number;
  /** Ends it at once, as a crash would: every connection breaks, and the next start replays its log. */
  kill(): Promise<void>;
  /** Starts it on its data, and waits until it answers. */
  start(): Promise<void>;
  /** One statement on a connection of its own. */
  query<Row extends object>(text: string, values?: readonly unknown[]): Promise<Row[]>;
  /** Ends it, and removes its data. */
  close(): Promise<void>;
}

export interface DurableOptions {
  /** Address and port to listen on. */
  readonly address: string;
  readonly port: number;
  /** What its command begins with, such as the entering of a network namespace. */
  readonly enter: readonly string[];
}

/** Starts one with the schema of this version and the roles of `ROLE_PASSWORDS`. */
export async function startDurablePostgres({ address, port, enter }: DurableOptions): Promise<DurablePostgres> {
  const runAs = postgresUser();
  const programs = postgresPrograms(18, runAs);
  const folder = await mkdtemp(join(tmpdir(), 'docusnap-postgres-durable-'));
  // Takes the folder away however this process ends.
  const guard = await startGuarded(['sleep', 'infinity'], {
    removeFolder: folder,
    stopSignal: 'KILL',
    runAs: null,
    cwd: '/',
  });
  const data = join(folder, 'data');
  const passwordFile = join(folder, 'password');
  await writeFile(passwordFile, PASSWORD, { mode: 0o600 });
  if (runAs) for (const path of [folder, passwordFile]) await chown(path, runAs.uid, runAs.gid);
  const initdb = [
    '--username=postgres',
    '--auth=scram-sha-256',
    `--pwfile=${passwordFile}`,
    '--encoding=UTF8',
    '--locale=C',
  ];
  await run(join(programs, 'initdb'), [`--pgdata=${data}`, ...initdb, '--no-sync', '--no-instructions'], {
    cwd: folder,
    ...(runAs ?? {}),
  });
  await appendFile(join(data, 'pg_hba.conf'), `host all all ${address}/16 scram-sha-256\n`);

  // With something to enter first, which takes root, the user is changed behind it.
  const asUser = runAs ? ['setpriv', `--reuid=${runAs.uid}`, `--regid=${runAs.gid}`, '--clear-groups'] : [];
  const settings = Object.entries({ ...SETTINGS, listen_addresses: address }).flatMap(([name, value]) => [
    '-c',
    `${name}=${value}`,
  ]);
  const command = [join(programs, 'postgres'), '-D', data, '-p', String(port), ...settings];
  let server: GuardedProcess | undefined;
  const adminUrl = `postgres://postgres:${PASSWORD}@${address}:${port}/postgres`;

  const start = async (): Promise<void> => {
    server = await startGuarded(enter.length > 0 ? [...enter, ...asUser, ...command] : command, {
      removeFolder: '',
      stopSignal: 'QUIT',
      runAs: enter.length > 0 ? null : runAs,
      cwd: folder,
    });
    await untilAnswers(server, adminUrl);
  };
  const kill = async (): Promise<void> => server?.stop();
  const close = async (): Promise<void> => {
    await kill();
    await guard.stop();
    await rm(folder, { recursive: true, force: true });
  };

  try {
    await start();
    // Loaded here, because others that use this package need no database.
    const { prepareTemplate } = await import('./database-template.ts');
    const name = await prepareTemplate(adminUrl);
    const superuserUrl = adminUrl.replace(/postgres$/, name);
    return {
      address,
      port,
      superuserUrl,
      pid: () => server?.pid ?? 0,
      kill,
      start,
      query: (text, values = []) => queryOnce(superuserUrl, text, values),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Milliseconds until a server that is stopped or out of reach counts as away. */
const CONNECT_MS = 1_000;
const ANSWER_MS = 5_000;

async function queryOnce<Row extends object>(url: string, text: string, values: readonly unknown[]): Promise<Row[]> {
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: CONNECT_MS,
    query_timeout: ANSWER_MS,
  });
  // What breaks between two calls shows in the next one.
  client.on('error', () => undefined);
  try {
    await client.connect();
    return (await client.query<Row>(text, [...values])).rows;
  } finally {
    // One that cannot say farewell is gone anyway.
    await client.end().catch(() => undefined);
  }
}

async function untilAnswers(server: GuardedProcess, url: string): Promise<void> {
  let ended: string | undefined;
  void server.ended.then(({ output }) => {
    ended = output;
  });
  const deadline = Date.now() + START_SECONDS * 1_000;
  for (;;) {
    try {
      await queryOnce(url, 'SELECT 1', []);
      return;
    } catch (error) {
      if (ended !== undefined) throw new Error(`PostgreSQL ended while starting: ${ended}`, { cause: error });
      if (Date.now() > deadline)
        throw new Error(`PostgreSQL did not answer within ${START_SECONDS} s`, { cause: error });
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    }
  }
}
