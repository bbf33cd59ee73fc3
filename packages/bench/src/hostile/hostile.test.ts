import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { filesIn, sendAll } from './run.ts';

const FILES = fileURLToPath(new URL('../../../../../shared/eval/dev/robustness', import.meta.url));
const COUNT = 40;
/** Tests share the machine with others, so how long a file takes is for the command to say: npm run test:hostile. */
const PATIENCE_MS = 600_000;
const MOST_BYTES = 1_024 * 1024 * 1024;

const ENDS =
  'hostile files end as a result or as an error of their own, in bounded memory, with all services ready and nothing left behind';

test('a few of many files are taken from all over their folder, and never one twice', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'docusnap-hostile-'));
  try {
    const names = Array.from({ length: 9 }, (_, index) => `${index}.bin`);
    await Promise.all(names.map((name) => writeFile(join(folder, name), name)));
    const taken = await filesIn(folder, 3);
    expect(taken.map((path) => basename(path))).toEqual(['1.bin', '4.bin', '7.bin']);
    expect((await filesIn(folder)).map((path) => basename(path))).toEqual(names);
  } finally {
    await rm(folder, { recursive: true });
  }
});

if (existsSync(FILES)) {
  test(
    ENDS,
    async () => {
      const { endings, seen, leftOver } = await sendAll(await filesIn(FILES, COUNT));
      expect(endings).toHaveLength(COUNT);
      expect(endings.filter(({ clean }) => !clean)).toEqual([]);
      expect(endings.filter(({ outcome }) => outcome === 'completed').length).toBeGreaterThan(COUNT / 4);
      expect(seen.peakBytes).toBeLessThanOrEqual(MOST_BYTES);
      expect(seen.asked).toBeGreaterThan(2);
      // On a busy machine one may take too long to say so now and then; the command itself allows none.
      expect(seen.notReady).toBeLessThan(seen.asked / 4);
      expect(leftOver).toEqual([]);
    },
    PATIENCE_MS,
  );
} else {
  process.stderr.write(`not run: ${ENDS}: ${FILES} is not here\n`);
}
