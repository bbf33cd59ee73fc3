import type { ChildProcess } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';
import { lastWords, logSize } from './logs.ts';
import { killGroup } from './processes.ts';
import { StartError } from './start-error.ts';

/** One of the programs that make up the system, as the supervisor sees it. */
export interface Program {
  /** With an article, as it stands in a sentence: "the gateway". */
  readonly title: string;
  readonly log: string;
  /** Starts it as the leader of a process group. `wasReady` is false until it has been ready once. */
  spawn(wasReady: boolean): Promise<ChildProcess>;
  isReady(): Promise<boolean>;
  readonly stopSignal: NodeJS.Signals;
  /** Milliseconds from the signal to the kill. */
  readonly stopGraceMs: number;
  readonly startLimitMs: number;
  /** How often it may end before it was ever ready. */
  readonly startTries: number;
}

export interface Watch {
  /** Something the person at the terminal should know. */
  onLine(text: string): void;
  /** A process of the program was started. */
  onSpawn(pid: number): void;
}

export interface Kept {
  /** Asks it to end, kills it when it does not, and waits for its end. */
  stop(): Promise<void>;
}

const READY_EVERY_MS = 40;
const FIRST_RESTART_MS = 500;
const SLOWEST_RESTART_MS = 30_000;
/** A program that ran this long begins again with short pauses. */
const SETTLED_MS = 60_000;
const LAST_WORDS = 5;

/**
 * Starts a program and waits until it is ready; from then on, until stop(), starts it again whenever it ends, with growing
 * pauses. Fails with its last words when it does not become ready; then nothing of it is left running.
 */
export async function keepRunning(program: Program, watch: Watch, signal: AbortSignal): Promise<Kept> {
  const stopping = new AbortController();
  let child: ChildProcess | null = null;
  let wasReady = false;
  let said = logSize(program.log);

  const launch = async (): Promise<ChildProcess> => {
    said = logSize(program.log);
    const spawned = await program.spawn(wasReady);
    // A program that cannot be started at all has no process id, which is what is looked at; nor does it ever end, so nobody is to wait for that.
    spawned.on('error', () => undefined);
    if (spawned.pid === undefined) throw new StartError(`${capital(program.title)} could not be started.`);
    child = spawned;
    watch.onSpawn(spawned.pid);
    // Told to stop while it was being started: stop() saw only the one before.
    if (stopping.signal.aborted) await endChild(spawned, program, watch);
    return spawned;
  };
  const words = (): string => lastWords(program.log, LAST_WORDS, said);
  const stop = async (): Promise<void> => {
    stopping.abort();
    if (child !== null) await endChild(child, program, watch);
  };

  const restart = async (): Promise<void> => {
    for (let pauseMs = FIRST_RESTART_MS; ; pauseMs = Math.min(pauseMs * 2, SLOWEST_RESTART_MS)) {
      const running = child!;
      const began = Date.now();
      await ended(running);
      // What it started itself may have outlived it, a reader stuck in native code for one.
      killGroup(running.pid!);
      if (stopping.signal.aborted) return;
      if (Date.now() - began > SETTLED_MS) pauseMs = FIRST_RESTART_MS;
      const why = words();
      watch.onLine(
        `${capital(program.title)} ended (${howItEnded(running)}); starting it again in ${pauseMs / 1_000} s.` +
          `${why === '' ? '' : ` Its last words:\n${why}`}\nIts log: ${program.log}`,
      );
      await pause(pauseMs, undefined, { signal: stopping.signal }).catch(() => undefined);
      if (stopping.signal.aborted) return;
      await launch().catch((error: unknown) => {
        watch.onLine(`${capital(program.title)} could not be started: ${String(error)}`);
      });
    }
  };

  try {
    for (let tries = 1; ; tries += 1) {
      const started = await launch();
      if (await becameReady(started, program, signal)) break;
      if (tries >= program.startTries) {
        throw new StartError(
          `${capital(program.title)} cannot start (${howItEnded(started)}). Its last words:\n${words()}\nIts log: ${program.log}`,
        );
      }
      await pause(FIRST_RESTART_MS * tries, undefined, { signal });
    }
  } catch (error) {
    await stop();
    throw error;
  }
  wasReady = true;
  const restarting = restart().catch((error: unknown) => {
    watch.onLine(`${capital(program.title)} cannot be started again: ${String(error)}`);
  });
  return {
    async stop() {
      await stop();
      await restarting;
    },
  };
}

/** True once it is ready, false when it ended before. */
async function becameReady(child: ChildProcess, program: Program, signal: AbortSignal): Promise<boolean> {
  for (const deadline = Date.now() + program.startLimitMs; ; ) {
    if (hasEnded(child)) return false;
    if (await program.isReady()) return true;
    signal.throwIfAborted();
    if (Date.now() > deadline) {
      throw new StartError(
        `${capital(program.title)} was not ready within ${program.startLimitMs / 1_000} s. Its log: ${program.log}`,
      );
    }
    await pause(READY_EVERY_MS);
  }
}

async function endChild(child: ChildProcess, program: Program, watch: Watch): Promise<void> {
  if (hasEnded(child)) return;
  const over = ended(child);
  child.kill(program.stopSignal);
  const timer = setTimeout(() => {
    watch.onLine(`${capital(program.title)} did not stop within ${program.stopGraceMs / 1_000} s and is killed.`);
    killGroup(child.pid!);
  }, program.stopGraceMs);
  await over;
  clearTimeout(timer);
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

function ended(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (hasEnded(child)) resolve();
    else child.once('exit', () => resolve());
  });
}

function howItEnded(child: ChildProcess): string {
  return child.signalCode === null ? `exit code ${child.exitCode}` : `signal ${child.signalCode}`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
