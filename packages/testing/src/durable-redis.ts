import { mkdir, rm } from 'node:fs/promises';
import type { DurableOptions } from './durable-postgres.ts';
import { temporaryFolder } from './folders.ts';
import { type GuardedProcess, startGuarded } from './guarded-process.ts';
import { redisCommands } from './redis.ts';
import { findTool, whyAbsent } from './tools.ts';

const START_SECONDS = 120;
const LOOK_EVERY_MS = 20;

/** A Redis server that keeps its data in a folder, and can be killed and started again with them or without; for tests. */
export interface DurableRedis {
  pid(): number;
  kill(): Promise<void>;
  /** Starts it, and waits until it answers; `empty` takes its data away before. */
  start(options?: { empty?: boolean }): Promise<void>;
  close(): Promise<void>;
}

/** Throws when redis-server is not installed (see `whyAbsent`). */
export async function startDurableRedis({ address, port, enter }: DurableOptions): Promise<DurableRedis> {
  const program = findTool('redis-server');
  if (program === null) throw new Error(whyAbsent('redis-server') ?? 'redis-server went away');
  const folder = await temporaryFolder('redis-durable');
  const guard = await startGuarded(['sleep', 'infinity'], {
    removeFolder: folder.path,
    stopSignal: 'KILL',
    runAs: null,
    cwd: '/',
  });
  const data = `${folder.path}/data`;
  const words = `--port ${port} --bind ${address} --protected-mode no --appendonly yes --maxmemory-policy noeviction --dir ${data}`;
  const command = [...enter, program, ...words.split(' '), '--save', ''];
  let server: GuardedProcess | undefined;

  const kill = async (): Promise<void> => server?.stop();
  const start: DurableRedis['start'] = async ({ empty = false } = {}) => {
    if (empty) await rm(data, { recursive: true, force: true });
    await mkdir(data, { recursive: true });
    server = await startGuarded(command, { removeFolder: '', stopSignal: 'KILL', runAs: null, cwd: folder.path });
    await untilAnswers(port, address);
  };
  const close = async (): Promise<void> => {
    await kill();
    await guard.stop();
    await folder.remove();
  };
  try {
    await start();
  } catch (error) {
    await close();
    throw error;
  }
  return { pid: () => server?.pid ?? 0, kill, start, close };
}

async function untilAnswers(port: number, address: string): Promise<void> {
  const deadline = Date.now() + START_SECONDS * 1_000;
  for (;;) {
    try {
      await redisCommands(port, ['PING'], address);
      return;
    } catch (error) {
      if (Date.now() > deadline) throw new Error(`Redis did not answer within ${START_SECONDS} s`, { cause: error });
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    }
  }
}
