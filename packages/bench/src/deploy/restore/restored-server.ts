import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { findTool, freePort, type GuardedProcess, postgresUser, startGuarded } from '@docusnap/testing';
import { withSuperuser } from './superuser.ts';

const START_MS = 60_000;

export interface RestoredServer {
  readonly superuserUrl: string;
  stop(): Promise<void>;
}

/** Starts Debian's PostgreSQL on a restored folder, and waits until it takes writes: until its log is replayed. */
export async function startRestored(data: string, superuserUrl: string): Promise<RestoredServer> {
  const program = findTool('postgres-15') ?? 'postgres';
  const port = await freePort();
  const settings = ['-c', 'listen_addresses=127.0.0.1', '-c', 'unix_socket_directories=', '-c', 'fsync=off'];
  const server: GuardedProcess = await startGuarded([program, '-D', data, '-p', String(port), ...settings], {
    removeFolder: '',
    stopSignal: 'QUIT',
    runAs: postgresUser(),
    cwd: join(data, '..'),
  });
  const url = new URL(superuserUrl);
  url.port = String(port);
  let ended: string | undefined;
  void server.ended.then(({ output }) => {
    ended = output;
  });
  for (const deadline = Date.now() + START_MS; ; await pause(100)) {
    if (ended !== undefined) throw new Error(`The restored server ended: ${ended}`);
    const isWritable = await withSuperuser(url.toString(), 'SELECT NOT pg_is_in_recovery() AS yes').then(
      ([row]) => row?.yes === true,
      () => false,
    );
    if (isWritable) return { superuserUrl: url.toString(), stop: () => server.stop() };
    if (Date.now() > deadline) {
      await server.stop();
      throw new Error('The restored server did not end its recovery in time');
    }
  }
}
