import { connect } from 'node:net';
import { temporaryFolder } from './folders.ts';
import { startGuarded } from './guarded-process.ts';
import { freePort } from './ports.ts';
import { findTool, whyAbsent } from './tools.ts';

const START_SECONDS = 120;
/** One logical database a test that asks; Redis's default of 16 would run out. */
const DATABASES = 1_024;

export interface RedisServer {
  readonly port: number;
  /** Of logical database 0. */
  readonly url: string;
  readonly pid: number;
  stop(): Promise<void>;
}

/**
 * Starts a Redis server of its own on a free port of 127.0.0.1, keeping nothing on disk. It ends with this process at the latest.
 * Throws when redis-server is not installed (see `whyAbsent`).
 */
export async function startRedis(): Promise<RedisServer> {
  const program = findTool('redis-server');
  if (program === null) throw new Error(whyAbsent('redis-server') ?? 'redis-server went away');
  const folder = await temporaryFolder('redis');
  const port = await freePort();
  const settings = [
    '--port',
    String(port),
    '--bind',
    '127.0.0.1',
    '--dir',
    folder.path,
    '--save',
    '',
    '--appendonly',
    'no',
  ];
  const limits = ['--databases', String(DATABASES), '--maxmemory-policy', 'noeviction'];
  const server = await startGuarded([program, ...settings, ...limits], {
    removeFolder: folder.path,
    stopSignal: 'KILL',
    runAs: null,
    cwd: folder.path,
  });
  const deadline = Date.now() + START_SECONDS * 1_000;
  for (;;) {
    try {
      await redisCommands(port, ['PING']);
      return { port, url: `redis://127.0.0.1:${port}/0`, pid: server.pid, stop: () => server.stop() };
    } catch (error) {
      if (Date.now() > deadline) {
        await server.stop();
        throw new Error(`redis-server did not start within ${START_SECONDS} s`, { cause: error });
      }
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}

/** Sends commands in Redis's inline form, each answered by one line; a client library would be much for PING and FLUSHDB. */
export function redisCommands(
  port: number,
  commands: readonly string[],
  address = '127.0.0.1',
): Promise<readonly string[]> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, address);
    let answer = '';
    socket.setTimeout(60_000, () => socket.destroy(new Error('Redis did not answer within 60 s')));
    socket.on('error', reject);
    socket.on('connect', () => socket.write(commands.map((command) => `${command}\r\n`).join('')));
    socket.on('data', (chunk) => {
      answer += chunk.toString();
      const lines = answer.split('\r\n').slice(0, -1);
      if (lines.length < commands.length) return;
      socket.destroy();
      const refused = lines.find((line) => line.startsWith('-'));
      if (refused === undefined) resolve(lines);
      else reject(new Error(`Redis refused: ${refused}`));
    });
  });
}
