import { expect, test } from '@jest/globals';
import type { Region } from '../geometry/region.ts';
import type { Raster } from '../raster.ts';
import { lineInput } from './prepare.ts';
import { openRoom } from './room.ts';

test('a room is as long as was asked for, and is used again', () => {
  const room = openRoom();
  const first = room.take(100);
  const second = room.take(60);
  expect([first.length, second.length]).toEqual([100, 60]);
  expect(second.buffer).toBe(first.buffer);
  expect(room.take(101).length).toBe(101);
});

test('a line that is put where a longer one was has all numbers of its own', () => {
  const data = Uint8Array.from({ length: 64 * 64 }, (_, i) => (i * 31) & 255);
  const page: Raster = { width: 64, height: 64, channels: 1, data };
  const { take } = openRoom();
  lineInput(page, { origin: [0, 0], along: [60, 0], across: [0, 12] }, 1, take);
  const line: Region = { origin: [3, 30], along: [40, 1], across: [-0.3, 12] };
  expect(lineInput(page, line, 1, take)).toEqual(lineInput(page, line));
});
