import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { filesIn, sendAll } from './run.ts';

const FILES = fileURLToPath(new URL('../../../../../shared/eval/dev/robustness', import.meta.url));
const COUNT = 40;
/** Tests share the machine with others, so how long a file takes is for the command to say: npm run test:hostile. */
const PATIENCE_MS = 600_000;
const MOST_BYTES = 1_024 * 1024 * 1024;

const present = existsSync(FILES);
if (!present) console.warn(`not run: hostile files, because there is no ${FILES}`);

(present ? describe : describe.skip)('hostile files', () => {
  test(
    'each ends as a result or as an error of its own, in bounded memory, with all services ready and nothing left behind',
    async () => {
      const { endings, seen, leftOver } = await sendAll(await filesIn(FILES, COUNT));
      expect(endings).toHaveLength(COUNT);
      expect(endings.filter(({ clean }) => !clean)).toEqual([]);
      expect(endings.filter(({ outcome }) => outcome === 'completed').length).toBeGreaterThan(COUNT / 4);
      expect(seen.peakBytes).toBeLessThanOrEqual(MOST_BYTES);
      expect(seen.asked).toBeGreaterThan(2);
      expect(seen.notReady).toBe(0);
      expect(leftOver).toEqual([]);
    },
    PATIENCE_MS,
  );
});
