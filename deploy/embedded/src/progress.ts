import type { WriteStream } from 'node:tty';

export interface Progress {
  /** What is being done now. On a terminal it replaces the step before; in a pipe each different step is a line. */
  step(text: string): void;
  /** Something to keep on the screen. */
  line(text: string): void;
  /** Takes the last step off the terminal. */
  clear(): void;
}

/** Tells on `stream` how far a start or stop has come. */
export function openProgress(
  stream: NodeJS.WritableStream & Partial<Pick<WriteStream, 'isTTY' | 'columns'>>,
): Progress {
  let last = '';
  const clear = (): void => {
    if (stream.isTTY === true && last !== '') stream.write('\r\x1b[K');
    last = '';
  };
  return {
    step(text) {
      if (text === last) return;
      if (stream.isTTY === true) stream.write(`\r\x1b[K${text.slice(0, (stream.columns || 80) - 1)}`);
      else stream.write(`${text}\n`);
      last = text;
    },
    line(text) {
      clear();
      stream.write(`${text}\n`);
    },
    clear,
  };
}
