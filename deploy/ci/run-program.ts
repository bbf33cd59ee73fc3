import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { delimiter, isAbsolute, join } from 'node:path';

/**
 * Runs a program of node_modules/.bin, or by absolute path, in the terminal of this one; gives its exit code, 1 when a signal
 * ended it.
 */
export async function runProgram(
  program: string,
  args: readonly string[],
  root: string,
  variables: Readonly<Record<string, string>> = {},
): Promise<number> {
  const programs = join(root, 'node_modules', '.bin');
  const child = spawn(isAbsolute(program) ? program : join(programs, program), args, {
    cwd: root,
    env: { ...process.env, PATH: `${programs}${delimiter}${process.env.PATH ?? ''}`, ...variables },
    stdio: 'inherit',
  });
  const forward = (signal: NodeJS.Signals): void => void child.kill(signal);
  process.on('SIGTERM', forward).on('SIGINT', forward);
  const [code]: (number | null)[] = await once(child, 'exit');
  process.off('SIGTERM', forward).off('SIGINT', forward);
  return code ?? 1;
}
