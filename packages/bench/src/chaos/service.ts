import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { descendantsOf } from '../soak/resident.ts';

/** Milliseconds until one that ended by itself is started again, as a supervisor would. */
const AGAIN_MS = 500;
/** One that never served does not when it has ended so often: it cannot. */
const MOST_STARTS = 20;

export interface ServiceOptions {
  readonly name: string;
  /** What its command begins with. */
  readonly enter: readonly string[];
  /** Arguments of Node. */
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** The `msg` of the line that says that it serves. */
  readonly readyWord: string;
  readonly onLine: (line: ServiceLine) => void;
  /** It ended though nobody killed it. */
  readonly onCrash: (crash: Crash) => void;
}

export interface Crash {
  readonly service: string;
  /** Whether it had said that it serves; one that cannot start, since the database is away, gives up by design. */
  readonly served: boolean;
  readonly code: number | null;
  readonly lastWords: string;
}

/** A line of a service's log. */
export interface ServiceLine {
  readonly service: string;
  readonly pid: number;
  readonly text: string;
}

/** A process of the product, which is started again when it is killed or ends by itself. */
export interface Service {
  readonly name: string;
  /** 0 while there is none. */
  pid(): number;
  /** Every process it ever was. */
  readonly pids: ReadonlySet<number>;
  /** Processes below it. */
  children(): number[];
  /** SIGKILL; gives its pid. It stays down until `start`. */
  kill(): Promise<number>;
  start(): void;
  /** Resolves once it serves. Rejects where it never did and gave up. */
  ready(): Promise<void>;
  close(): Promise<void>;
}

/** Starts it. It ends with this process at the latest: it watches a channel to its parent. */
export function startService(options: ServiceOptions): Service {
  const pids = new Set<number>();
  let child: ChildProcess | undefined;
  let wanted = true;
  let ended: Promise<void> = Promise.resolve();
  let serving = Promise.withResolvers<void>();
  let isServing = false;
  let hasServed = false;

  function start(): void {
    wanted = true;
    if (child) return;
    const [program = process.execPath, ...args] = [...options.enter, process.execPath, ...options.command];
    const one = spawn(program, args, { env: options.environment, stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
    child = one;
    const pid = one.pid ?? 0;
    pids.add(pid);
    let lastWords = '';
    const hear = (text: string): void => {
      lastWords = `${lastWords}\n${text}`.slice(-2_000);
      if (text.includes(`"msg":"${options.readyWord}"`)) {
        isServing = true;
        hasServed = true;
        serving.resolve();
      }
      options.onLine({ service: options.name, pid, text });
    };
    for (const stream of [one.stdout, one.stderr]) if (stream) createInterface({ input: stream }).on('line', hear);
    one.on('error', (error) => hear(String(error)));
    ended = new Promise((resolve) => {
      one.once('close', (code) => {
        child = undefined;
        const served = isServing;
        isServing = false;
        if (served) serving = Promise.withResolvers<void>();
        resolve();
        if (!wanted) return;
        options.onCrash({ service: options.name, served, code, lastWords });
        if (!hasServed && pids.size >= MOST_STARTS) {
          serving.reject(new Error(`${options.name} cannot start:\n${lastWords}`));
          return;
        }
        void pause(AGAIN_MS).then(() => wanted && start());
      });
    });
  }

  async function kill(): Promise<number> {
    wanted = false;
    const pid = child?.pid ?? 0;
    child?.kill('SIGKILL');
    await ended;
    return pid;
  }

  start();
  return {
    name: options.name,
    pid: () => child?.pid ?? 0,
    pids,
    children: () => (child?.pid ? descendantsOf(child.pid) : []),
    kill,
    start,
    ready: () => serving.promise,
    close: async () => void (await kill()),
  };
}
