import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const SOURCES = join(dirname(fileURLToPath(import.meta.url)), '..');
export const ROOT = join(SOURCES, '..', '..', '..');
export const SAMPLE = join(ROOT, 'deploy', 'embedded', 'sample', 'invoice.jpg');

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface EmbeddedRun {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  /** Milliseconds since it was started. */
  age(): number;
  /** Fulfilled as soon as the pattern stands in what it printed; fails when it ends before. */
  printed(pattern: RegExp): Promise<RegExpExecArray>;
  /** A signal to the whole process group, as Ctrl-C in a terminal sends it. */
  signalGroup(signal: NodeJS.Signals): void;
}

/** Runs a program as npm does, as the leader of a process group. Ports and home come from the caller. */
export function runEmbedded(
  script: 'main.ts' | 'read.ts' | 'keys/main.ts' | 'docusnap.ts',
  args: readonly string[],
  variables: Readonly<Record<string, string>>,
): EmbeddedRun {
  const began = Date.now();
  const { NODE_OPTIONS: _ours, DOCUSNAP_URL: _url, DOCUSNAP_API_KEY: _key, ...inherited } = process.env;
  const child = spawn(process.execPath, [join(SOURCES, script), ...args], {
    cwd: ROOT,
    env: { ...inherited, OCR_READERS: '1', ...variables },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  let stdout = '';
  let stderr = '';
  const watchers = new Set<() => void>();
  const collect = (): void => watchers.forEach((look) => void look());
  child.stdout.on('data', (chunk) => {
    stdout += String(chunk);
    collect();
  });
  child.stderr.on('data', (chunk) => {
    stderr += String(chunk);
    collect();
  });
  const ended = once(child, 'close').then(([code, signal]): Ended => ({ code, signal, stdout, stderr }));
  return {
    child,
    ended,
    age: () => Date.now() - began,
    printed(pattern) {
      const found = new Promise<RegExpExecArray>((resolve) => {
        const look = (): void => {
          const match = pattern.exec(stdout + stderr);
          if (match === null) return;
          watchers.delete(look);
          resolve(match);
        };
        watchers.add(look);
        look();
      });
      const gone = ended.then((end): never => {
        throw new Error(
          `It ended with ${end.code ?? end.signal} before it printed ${pattern}:\n${end.stdout}\n${end.stderr}`,
        );
      });
      return Promise.race([found, gone]);
    },
    signalGroup: (signal) => void process.kill(-child.pid!, signal),
  };
}
