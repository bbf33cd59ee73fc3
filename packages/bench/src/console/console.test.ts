import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describeNeeding } from '@docusnap/testing';
import { expect, jest, test } from '@jest/globals';

const COMMAND = fileURLToPath(new URL('../console.ts', import.meta.url));
/** A machine that does much else takes its time; alone it takes half a minute. */
const MOST_MS = 590_000;
jest.setTimeout(MOST_MS + 10_000);

describeNeeding('chromium', 'console', () => {
  test('whoever opens the printed link and drops a file sees its text, and nothing grave is found on the way', async () => {
    const { NODE_OPTIONS: _, ...env } = process.env;
    const said = await new Promise<{ code: number | string | undefined; output: string }>((resolve) => {
      execFile(process.execPath, [COMMAND, '--short'], { env, timeout: MOST_MS }, (error, stdout, stderr) =>
        resolve({ code: error === null ? 0 : (error.code ?? undefined), output: `${stdout}${stderr}` }),
      );
    });
    // What it said is shown only where something is wrong.
    expect(said.code === 0 ? '' : said.output).toBe('');
  });
});
