import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

/** Milliseconds for a program to come up on a machine that does much else. */
const START_MS = 120_000;
const LOOK_EVERY_MS = 100;
/** Longer than the services' own 10 s, after which they end by themselves. */
const STOP_MS = 20_000;

/** A service of ours that runs. */
export interface Program {
  readonly name: string;
  readonly pid: number;
  readonly port: number;
  readonly metricsPort: number;
  /** All that it has written so far. */
  log(): string;
  /** As systemd and containers do it: SIGTERM. Gives how it ended: 0 after a clean stop. */
  stop(): Promise<number | null>;
}

export interface ProgramOptions {
  readonly name: string;
  /** Arguments of Node. */
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly port: number;
  readonly metricsPort: number;
  readonly logs: string;
}

/** Starts it and waits until it says that it is ready. It ends with this process at the latest: it watches a channel to its parent. */
export async function startProgram(options: ProgramOptions): Promise<Program> {
  const { name, command, environment, port, metricsPort } = options;
  const path = join(options.logs, `${name}.log`);
  const output = openSync(path, 'a', 0o600);
  const child = spawn(process.execPath, [...command], {
    env: { ...environment },
    stdio: ['ignore', output, output, 'ipc'],
  });
  closeSync(output);
  let ended = false;
  const end = new Promise<number | null>((resolve) => {
    child.once('close', (code) => {
      ended = true;
      resolve(code);
    });
  });
  const log = (): string => readFileSync(path, 'utf8');
  const stop = async (): Promise<number | null> => {
    if (!ended) child.kill('SIGTERM');
    const cut = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
    return end.finally(() => clearTimeout(cut));
  };
  const deadline = Date.now() + START_MS;
  while (!(await isReady(port))) {
    if (ended || Date.now() > deadline) {
      await stop();
      throw new Error(`${name} did not start:\n${log().slice(-4_000)}`);
    }
    await pause(LOOK_EVERY_MS);
  }
  return { name, pid: child.pid ?? 0, port, metricsPort, log, stop };
}

async function isReady(port: number): Promise<boolean> {
  try {
    const response = await fetch(`http://127.0.0.1:${port}/readyz`, { signal: AbortSignal.timeout(2_000) });
    await response.body?.cancel();
    return response.ok;
  } catch {
    // Not listening yet; the caller asks until its time is up and then shows the log.
    return false;
  }
}
