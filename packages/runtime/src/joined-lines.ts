import type { DestinationStream } from 'pino';

/** Where lines go at last, at once. */
export interface Output {
  write(text: string): unknown;
  flushSync(): void;
}

/** Tells when the process ends, however it does while it still runs code. */
export interface Host {
  on(event: 'exit', listener: () => void): unknown;
}

/** A line of a level below warn begins so: what must not be lost is not kept for a moment. */
const USUAL = /^\{"level":"(?:trace|debug|info)"/;
/** Characters that are kept at most. */
const MOST_KEPT = 64 * 1024;

/**
 * Writes the usual lines of one turn of the event loop together, in their order: with a line a request the calls to the system were a third of what logging
 * cost. All else is written at once, with what came before it; so is what is left when the process ends. Killed by SIGKILL, it loses the usual lines of one turn.
 */
export function joinLines(output: Output, host: Host): DestinationStream & { flushSync(): void } {
  let kept = '';
  const write = (): void => {
    if (kept === '') return;
    const text = kept;
    kept = '';
    output.write(text);
  };
  host.on('exit', write);
  return {
    write(line) {
      if (kept === '') setImmediate(write);
      kept += line;
      if (kept.length >= MOST_KEPT || !USUAL.test(line)) write();
    },
    flushSync() {
      write();
      output.flushSync();
    },
  };
}
