import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const MOST_MS = 120_000;

/** Runs a program to its end; what it said is in the error where it fails. */
export function run(
  program: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<{ stdout: string; stderr: string }> {
  return promisify(execFile)(program, [...args], { env: { ...process.env, ...environment }, timeout: MOST_MS });
}

/** What it said when it failed; null where it did not. */
export async function refusal(act: Promise<unknown>): Promise<string | null> {
  try {
    await act;
    return null;
  } catch (error) {
    return error instanceof Error && 'stderr' in error ? String(error.stderr).trim() : String(error);
  }
}
