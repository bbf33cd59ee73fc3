import { expect, jest, test } from '@jest/globals';
import { watchInference } from './inference.ts';

/** Sleeps, and sums what it is fed, so that buffers that were filled anew would show. */
function sessionClass() {
  const seen: number[] = [];
  class Session {
    async run({ input }: { input: number[] }) {
      await new Promise((resolve) => setTimeout(resolve, 20));
      seen.push(input.reduce((sum, one) => sum + one, 0));
      return { sum: seen.at(-1) };
    }
  }
  const tensors = { copy: structuredClone<Readonly<Record<string, unknown>>>, drop: jest.fn() };
  return { Session, seen, tensors };
}

test('time inside run is summed over sessions, and that between runs is not', async () => {
  const { Session, tensors } = sessionClass();
  const inference = watchInference(Session, tensors);
  const started = performance.now();
  await new Session().run({ input: [1] });
  const idleSince = performance.now();
  await new Promise((resolve) => setTimeout(resolve, 200));
  const idle = performance.now() - idleSince;
  await new Session().run({ input: [1] });
  expect(inference.ms()).toBeGreaterThanOrEqual(38);
  expect(inference.ms()).toBeLessThanOrEqual(performance.now() - started - idle);
});

test('what was recorded runs again with the numbers of its time, is not counted twice, and is let go', async () => {
  const { Session, seen, tensors } = sessionClass();
  const inference = watchInference(Session, tensors);
  const session = new Session();
  const buffer = [1, 2];
  const { again } = await inference.record(async () => {
    await session.run({ input: buffer });
    buffer[0] = 40;
    await session.run({ input: buffer });
  });
  const before = inference.ms();
  expect(await again()).toBeGreaterThanOrEqual(38);
  expect(seen).toEqual([3, 42, 3, 42]);
  expect(inference.ms()).toBe(before);
  expect(tensors.drop.mock.calls).toEqual([[{ input: [1, 2] }], [{ sum: 3 }], [{ input: [40, 2] }], [{ sum: 42 }]]);
  await expect(again()).rejects.toThrow('let go');
});
