import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { FromContender, Result, Task, ToContender } from './messages.ts';
import { peakRssOf } from './peak-rss.ts';

/** How a contender's process is started. */
export interface Program {
  readonly script: URL;
  readonly args: readonly string[];
}

/** One running contender. It works on one task at a time. */
export interface ContenderProcess {
  /** Throws ContenderGone when the process ended over the task, an Error with its words when the task failed. */
  ask<T extends Task>(task: T): Promise<Result<T>>;
  /** The most bytes that it had resident so far, with those of its own children; null without /proc. */
  peakRss(): number | null;
  stop(): Promise<void>;
}

/** The process ended instead of answering. */
export class ContenderGone extends Error {}

/** Starts a contender and waits until its models are loaded. */
export async function startContender({ script, args }: Program): Promise<ContenderProcess> {
  const child = fork(fileURLToPath(script), [...args], {
    execPath: process.execPath,
    execArgv: [],
    serialization: 'advanced',
    // What libraries print goes beside the figures, not between them.
    stdio: ['ignore', 2, 2, 'ipc'],
  });
  const gone = once(child, 'exit').then(([code, signal]): never => {
    throw new ContenderGone(`its process ended (${signal ?? code})`);
  });
  // Without a listener an end that nobody waits for would count as an unhandled rejection.
  gone.catch(() => undefined);
  const first = await Promise.race([nextMessage(child), gone]);
  if (first.kind === 'unable') throw new Error(`${fileURLToPath(script)} cannot start: ${first.reason}`);
  let id = 0;
  let childrenPeakRss = 0;
  return {
    async ask<T extends Task>(task: T) {
      id += 1;
      child.send({ id, task } satisfies ToContender);
      const answer = await Promise.race([nextMessage(child), gone]);
      if (answer.kind === 'failed') throw new Error(answer.reason);
      if (answer.kind !== 'done' || answer.id !== id)
        throw new Error(`Expected an answer to ${id}, got ${answer.kind}`);
      childrenPeakRss = Math.max(childrenPeakRss, answer.childrenPeakRss);
      return answer.result as Result<T>;
    },
    peakRss() {
      const own = peakRssOf(child.pid ?? 0);
      return own === null ? null : own + childrenPeakRss;
    },
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
    },
  };
}

async function nextMessage(child: ChildProcess): Promise<FromContender> {
  const [message] = await once(child, 'message');
  return message as FromContender;
}
