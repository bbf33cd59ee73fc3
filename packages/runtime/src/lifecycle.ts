import { setTimeout as sleep } from 'node:timers/promises';
import { ConfigError } from './config.ts';
import { type Logger, openLog } from './log.ts';

/** What a service's start is given. */
export interface Lifecycle {
  /** Aborted when the service is told to stop, its starting included. */
  readonly stopping: AbortSignal;
  /**
   * Registers what undoes a step of the start, right after the step. Stops run one after the other, last registered first; one that is
   * registered while the service stops runs at once.
   */
  onStop(name: string, stop: () => unknown): void;
  /** Stops the service as a signal would. */
  stop(reason: string): void;
  /** The log for what the lifecycle itself has to say; until then it has one of its own. */
  useLog(log: Logger): void;
}

export interface ServiceOptions {
  /** Milliseconds from the first signal until the process ends with 1 whatever still runs. */
  readonly graceMs?: number;
}

const GRACE_MS = 10_000;
/** Milliseconds that a start which is still under way gets to notice that it should stop. */
const START_MS = 2_000;

/**
 * Runs a service from its main.ts, which hands in its process. Exit codes: 0 after a clean stop (SIGTERM, SIGINT, or, when forked with an IPC channel, the end of the
 * parent); 1 when the start fails, a stop fails or takes longer than the grace, a second signal comes, or anything is thrown that nobody
 * caught, which is logged as fatal.
 */
export function runService(
  host: NodeJS.Process,
  name: string,
  start: (lifecycle: Lifecycle) => Promise<void>,
  { graceMs = GRACE_MS }: ServiceOptions = {},
): void {
  let log = openLog({ service: name, level: 'info' });
  const stopping = new AbortController();
  const stops: { name: string; stop: () => unknown }[] = [];
  const late: Promise<boolean>[] = [];
  // Ends when it is told to, not when there happens to be nothing to wait for, half-way through a start or a stop.
  setInterval(() => {}, 2 ** 30);
  const { promise: started, resolve: setStarted } = Promise.withResolvers<void>();
  let code = 0;

  function fail(error: unknown, message: string): void {
    // A wrong configuration is for the operator, whom a stack would not help.
    if (error instanceof ConfigError) log.fatal(error.message);
    else log.fatal({ err: error }, message);
  }

  async function runStop(step: { name: string; stop: () => unknown }): Promise<boolean> {
    try {
      await step.stop();
      return true;
    } catch (error) {
      log.error({ err: error, step: step.name }, 'stopping failed');
      return false;
    }
  }

  async function stopAll(reason: string): Promise<void> {
    let running = 'start';
    log.info({ reason }, 'stopping');
    setTimeout(() => {
      log.fatal({ running }, `did not stop within ${graceMs} ms`);
      host.exit(1);
    }, graceMs);
    await Promise.race([started, sleep(START_MS)]);
    for (let step = stops.pop(); step; step = stops.pop()) {
      running = step.name;
      if (!(await runStop(step))) code = 1;
    }
    if ((await Promise.all(late)).includes(false)) code = 1;
    log.info('stopped');
    host.exit(code);
  }

  function stop(reason: string): void {
    if (stopping.signal.aborted) return;
    stopping.abort();
    void stopAll(reason);
  }

  function signalled(signal: string): void {
    if (!stopping.signal.aborted) {
      stop(signal);
      return;
    }
    log.fatal({ signal }, 'told again to stop; ending at once');
    host.exit(1);
  }

  host.on('SIGTERM', signalled);
  host.on('SIGINT', signalled);
  if (host.channel) host.on('disconnect', () => stop('the parent process is gone'));
  host.on('uncaughtException', (error) => {
    fail(error, 'an error that nobody caught');
    host.exit(1);
  });

  const lifecycle: Lifecycle = {
    stopping: stopping.signal,
    onStop: (stepName, stopStep) => {
      const step = { name: stepName, stop: stopStep };
      if (stopping.signal.aborted) late.push(runStop(step));
      else stops.push(step);
    },
    stop,
    useLog: (other) => {
      log = other;
    },
  };

  void Promise.try(start, lifecycle)
    .catch((error: unknown) => {
      // A start that gives up because it was told to stop has not failed.
      if (stopping.signal.aborted) return;
      fail(error, 'could not start');
      code = 1;
      stop('could not start');
    })
    .finally(setStarted);
}
