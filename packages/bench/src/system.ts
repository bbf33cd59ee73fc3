import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort, temporaryFolder } from '@docusnap/testing';

const SUPERVISOR = fileURLToPath(new URL('../../../deploy/embedded/src/main.ts', import.meta.url));

export interface RunningSystem {
  readonly url: string;
  /** Of the ocr service. */
  readonly ocrUrl: string;
  readonly key: string;
  /** Opens the console signed in, once; null where none was printed. */
  readonly consoleLink: string | null;
  /** Of the supervisor, whose children the services are. */
  readonly pid: number;
  /** Where the services write their logs, NAME.log and, where that grew too long, NAME.log.1 before it. */
  readonly logs: string;
  stop(): Promise<void>;
}

/**
 * Starts the embedded system as `npm start` does, with its data in a temporary folder and on free ports, and waits until it
 * prints its address and key.
 */
export async function startSystem(environment: Readonly<Record<string, string>> = {}): Promise<RunningSystem> {
  const home = await temporaryFolder();
  const [port, ocrPort] = [await freePort(), await freePort()];
  const child = spawn(process.execPath, [SUPERVISOR, '--port', String(port), '--ocr-port', String(ocrPort)], {
    env: { ...process.env, DOCUSNAP_HOME: home.path, ...environment },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const { key, consoleLink } = await printedBy(child);
  return {
    url: `http://127.0.0.1:${port}`,
    ocrUrl: `http://127.0.0.1:${ocrPort}`,
    key,
    consoleLink,
    pid: child.pid ?? 0,
    logs: join(home.path, 'logs'),
    async stop() {
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      await ended;
      await home.remove();
    },
  };
}

async function printedBy(child: ChildProcess): Promise<Pick<RunningSystem, 'key' | 'consoleLink'>> {
  let printed = '';
  for await (const chunk of child.stdout ?? []) {
    printed += chunk;
    const key = /API key\s+(ds_[A-Za-z0-9_-]{20,})\s/.exec(printed);
    if (key) {
      child.stdout?.resume();
      return { key: key[1]!, consoleLink: /Console\s+(http\S+)\s/.exec(printed)?.[1] ?? null };
    }
  }
  throw new Error(`The system ended before it printed an API key:\n${printed}`);
}
