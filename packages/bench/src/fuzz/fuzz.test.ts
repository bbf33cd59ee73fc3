import { beforeAll, expect, test } from '@jest/globals';
import { fuzz, type Outcome } from './run.ts';

/** About half a minute of what npm run test:fuzz does in a few. */
const REQUESTS = 1_000;
const PATIENCE_MS = 600_000;

let outcome: Outcome;
beforeAll(async () => {
  outcome = await fuzz({ requests: REQUESTS, seed: 7, files: [], onLine: (line) => process.stderr.write(`${line}\n`) });
}, PATIENCE_MS);

test('odd requests at every operation are answered as they should be, and end no process', () => {
  const { tally, looked } = outcome;
  expect([...tally.findings.values()]).toEqual([]);
  expect(tally.requests).toBeGreaterThanOrEqual(REQUESTS);
  expect(tally.failures).toBe(0);
  expect(looked.restarted).toBe(0);
  expect(looked.asked).toBeGreaterThan(2);
  // On a busy machine it may take too long to say so now and then; the command itself allows none.
  expect(looked.notReady).toBeLessThan(looked.asked / 4);
});

test('requests reach deep enough to be done, not only refused', () => {
  const { byStatus, requests } = outcome.tally;
  const done = [...byStatus].filter(([status]) => status < 300).reduce((sum, [, count]) => sum + count, 0);
  expect(done / requests).toBeGreaterThan(0.2);
});

test('nothing of what was sent stands in a log, nor a key', () => {
  expect(outcome.leaks).toEqual([]);
});
