import { setImmediate as settled } from 'node:timers/promises';
import { afterAll, expect, test } from '@jest/globals';
import { ownFrame } from './own-frame.ts';

const window = globalThis as unknown as Record<string, unknown>;
const before = { document: window.document, requestAnimationFrame: window.requestAnimationFrame };
afterAll(() => void Object.assign(window, before));

/** A window whose frames come when they are called. */
function openWindow(hidden: boolean): () => Promise<void> {
  const waiting: (() => void)[] = [];
  Object.assign(window, {
    document: { hidden },
    requestAnimationFrame: (draw: () => void) => waiting.push(draw),
  });
  return async () => {
    await settled();
    for (const draw of waiting.splice(0)) draw();
    await settled();
  };
}

test('each has a frame to itself, in the order in which they came', async () => {
  const frame = openWindow(false);
  const drawn: number[] = [];
  for (const page of [1, 2, 3]) void ownFrame().then(() => drawn.push(page));
  const after = [];
  for (let frames = 0; frames < 3; frames += 1) {
    await frame();
    after.push([...drawn]);
  }
  expect(after).toEqual([[1], [1, 2], [1, 2, 3]]);
});

test('in a tab in the background nobody waits for a frame', async () => {
  openWindow(true);
  await Promise.all([ownFrame(), ownFrame()]);
});
