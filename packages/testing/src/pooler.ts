import { chown, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { ROLE_PASSWORDS } from './database-urls.ts';
import { temporaryFolder } from './folders.ts';
import { startGuarded } from './guarded-process.ts';
import { freePort } from './ports.ts';
import { postgresUser } from './postgres-programs.ts';
import { findTool, whyAbsent } from './tools.ts';

/** Where it is `on`, the addresses of api and worker role that tests get lead through pgBouncer in transaction mode (PostgreSQL 18). */
export const POOLER_VARIABLE = 'DOCUSNAP_TEST_POOLER';

export interface Pooler {
  readonly port: number;
  stop(): Promise<void>;
}

/** Starts pgBouncer in transaction mode before a PostgreSQL server of this machine. Throws where it is not installed. */
export async function startPooler(postgresPort: number): Promise<Pooler> {
  const program = findTool('pgbouncer');
  if (program === null) throw new Error(whyAbsent('pgbouncer') ?? 'pgbouncer went away');
  const runAs = postgresUser();
  const folder = await temporaryFolder('pooler');
  const port = await freePort();
  const users = join(folder.path, 'users.txt');
  const settings = join(folder.path, 'pgbouncer.ini');
  const passwords = { docusnap_api: ROLE_PASSWORDS.apiPassword, docusnap_worker: ROLE_PASSWORDS.workerPassword };
  await writeFile(
    users,
    Object.entries(passwords)
      .map(([role, password]) => `"${role}" "${password}"\n`)
      .join(''),
  );
  await writeFile(
    settings,
    `[databases]
* = host=127.0.0.1 port=${postgresPort}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = scram-sha-256
auth_file = ${users}
pool_mode = transaction
default_pool_size = 20
max_client_conn = 2000
server_idle_timeout = 2
syslog = 0
`,
  );
  if (runAs) for (const path of [folder.path, users, settings]) await chown(path, runAs.uid, runAs.gid);
  const server = await startGuarded([program, '--quiet', settings], {
    removeFolder: folder.path,
    stopSignal: 'KILL',
    runAs,
    cwd: folder.path,
  });
  await untilListens(port);
  return { port, stop: () => server.stop() };
}

const START_MS = 120_000;

async function untilListens(port: number): Promise<void> {
  for (const deadline = Date.now() + START_MS; ; ) {
    const listens = await new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1');
      socket.once('connect', () => resolve(socket.destroy() !== undefined));
      socket.once('error', () => resolve(false));
    });
    if (listens) return;
    if (Date.now() > deadline) throw new Error(`pgBouncer did not listen within ${START_MS / 1_000} s`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}
