import { test } from '@jest/globals';

/** A test of what only root can do; for others it is skipped with a line that says why. */
export function testAsRoot(name: string, body: () => Promise<void>, timeoutMs?: number): void {
  if (process.getuid?.() === 0) test(name, body, timeoutMs);
  else test.skip(`not run: only root can: ${name}`, body);
}
