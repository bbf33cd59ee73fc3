import { spawn } from 'node:child_process';
import { once } from 'node:events';

export interface ProgramOptions {
  readonly folder: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Exit codes that are expected; 0 unless given. */
  readonly codes?: readonly number[];
}

/** Longer than anything here takes on a busy machine, in milliseconds. */
const MOST_MS = 180_000;

/** Runs a program to its end and gives what it wrote. Throws with all of that where it ended otherwise than expected. */
export async function runProgram(
  program: string,
  args: readonly string[],
  { folder, environment, codes = [0] }: ProgramOptions,
): Promise<{ readonly stdout: string; readonly stderr: string; readonly code: number | null }> {
  const child = spawn(program, [...args], {
    cwd: folder,
    env: environment,
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: MOST_MS,
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk) => {
    stdout += String(chunk);
  });
  child.stderr.on('data', (chunk) => {
    stderr += String(chunk);
  });
  const [code] = (await once(child, 'close')) as [number | null];
  if (code === null || !codes.includes(code))
    throw new Error(`${program} ${args.join(' ')} ended with ${code}:\n${stdout}\n${stderr}`);
  return { stdout, stderr, code };
}
