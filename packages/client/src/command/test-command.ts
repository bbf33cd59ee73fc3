import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { run } from './run.ts';

/** The command, run as people run it. For tests. */

/** Where `script` and a shell are. */
const SYSTEM_PATH = '/usr/local/bin:/usr/bin:/bin';
const MAIN = fileURLToPath(new URL('./main.ts', import.meta.url));

export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running {
  readonly ended: Promise<Ran>;
  /** Fulfilled once the pattern stands in what it wrote. */
  wrote(pattern: RegExp): Promise<void>;
  kill(signal: NodeJS.Signals): void;
}

export interface CommandOptions {
  readonly environment: Readonly<Record<string, string>>;
  readonly folder: string;
  /** What it finds on its input; nothing unless given. */
  readonly input?: string;
  /** Another program instead of the sources: the installed command. */
  readonly program?: readonly string[];
}

/** In this process, which is quicker; its output and error output are as pipes are. */
export async function inProcess(
  args: readonly string[],
  options: CommandOptions & { readonly signal?: AbortSignal },
): Promise<Ran> {
  const [output, errors] = [gathering(), gathering()];
  const around = {
    environment: { HOME: options.folder, ...options.environment },
    input: Readable.from([options.input ?? '']) as unknown as NodeJS.ReadStream,
    output: output.stream,
    errors: errors.stream,
    signal: options.signal ?? new AbortController().signal,
  };
  const code = await run(args, around);
  return { code, stdout: output.text(), stderr: errors.text() };
}

function gathering() {
  let gathered = '';
  const stream = new Writable({
    write(chunk, _encoding, done) {
      gathered += String(chunk);
      done();
    },
  });
  return { stream, text: () => gathered };
}

/** Its output and error output are pipes. */
export function inPipe(args: readonly string[], options: CommandOptions): Running {
  const [program = '', ...before] = options.program ?? [process.execPath, MAIN];
  return start(program, [...before, ...args], options);
}

/** Under a pseudo-terminal of util-linux's `script`: all it writes is in `stdout`. */
export function onTerminal(args: readonly string[], options: CommandOptions): Running {
  const words = [...(options.program ?? [process.execPath, MAIN]), ...args].map(
    (word) => `'${word.replaceAll("'", "'\\''")}'`,
  );
  return start('script', ['--quiet', '--return', '--flush', '--command', words.join(' '), '/dev/null'], options);
}

function start(program: string, args: readonly string[], { environment, folder, input = '' }: CommandOptions): Running {
  const child = spawn(program, args, {
    cwd: folder,
    env: { PATH: SYSTEM_PATH, HOME: folder, TERM: 'xterm', ...environment },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  const watchers = new Set<() => void>();
  const collect = (): void => {
    for (const look of watchers) look();
  };
  child.stdout.on('data', (chunk) => {
    stdout += String(chunk);
    collect();
  });
  child.stderr.on('data', (chunk) => {
    stderr += String(chunk);
    collect();
  });
  // It may have ended without reading what it was given.
  child.stdin.on('error', () => undefined);
  child.stdin.end(input);
  const ended = once(child, 'close').then(([code]): Ran => ({ code, stdout, stderr }));
  return {
    ended,
    wrote: (pattern) =>
      Promise.race([
        new Promise<void>((resolve) => {
          const look = (): void => {
            if (!pattern.test(stdout + stderr)) return;
            watchers.delete(look);
            resolve();
          };
          watchers.add(look);
          look();
        }),
        ended.then((end): never => {
          throw new Error(`It ended with ${end.code} before it wrote ${pattern}:\n${end.stdout}\n${end.stderr}`);
        }),
      ]),
    kill: (signal) => void child.kill(signal),
  };
}
