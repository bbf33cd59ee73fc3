import { setTimeout as pause } from 'node:timers/promises';
import type { Session, Tensor } from '@docusnap/engine';
import { expect, test } from '@jest/globals';
import { openBatchingSession } from './batching-session.ts';
import { openPaddedSession } from './padded-session.ts';
import { LINE_WIDTHS, stepFor } from './shapes.ts';

const CLASSES = 2;
const STEP = 8;

/** A line [1, 1, 2, width] all of one value. */
const lineOf = (value: number, width: number): Tensor => ({
  data: new Float32Array(2 * width).fill(value),
  dims: [1, 1, 2, width],
});

interface Provider extends Session {
  /** Shapes in which it was run, in order. */
  readonly shapes: (readonly number[])[];
}

interface Behaviour {
  /** Milliseconds that a run takes. */
  readonly ms?: number;
  /** Fails any run that holds this value. */
  readonly poison?: number;
}

/** In place of a GPU: says of each step of each line the value that stands there, and its place. Counts what it is given, and refuses two runs at once. */
function scriptedProvider({ ms = 0, poison }: Behaviour = {}): Provider {
  const shapes: (readonly number[])[] = [];
  let isBusy = false;
  return {
    shapes,
    inputNames: ['x'],
    outputNames: ['y'],
    async run({ x }) {
      if (isBusy) throw new Error('Two runs at once');
      isBusy = true;
      const { data, dims } = x!;
      shapes.push(dims);
      await pause(ms);
      isBusy = false;
      if (poison !== undefined && data.includes(poison)) throw new Error('poisoned');
      const [size = 0, channels = 0, height = 0, width = 0] = dims;
      const steps = width / STEP;
      const output = Float32Array.from({ length: size * steps * CLASSES }, (_, index) => {
        const step = Math.floor(index / CLASSES) % steps;
        const line = Math.floor(index / CLASSES / steps);
        return index % CLASSES === 0 ? data[line * channels * height * width + step * STEP]! : step;
      });
      return { y: { data: output, dims: [size, steps, CLASSES] } };
    },
  };
}

const OPTIONS = { waitMs: 20, widths: [16, 32, 64], sizes: [1, 2, 4] } as const;

/** The value that a line's steps say, and how many steps there are. */
async function ask(session: Session, value: number, width: number) {
  const { y } = await session.run({ x: lineOf(value, width) });
  const values = Array.from({ length: y!.dims[1]! }, (_, step) => y!.data[step * CLASSES]!);
  return { values: [...new Set(values)], steps: values.length };
}

test('lines of several pages that are asked for at once run together by their widths, and each gets its own answer', async () => {
  const provider = scriptedProvider();
  const session = openBatchingSession(provider, OPTIONS);
  const widths = [16, 24, 32, 56, 8, 32, 32];
  const pages = await Promise.all(
    [1, 2].map((page) => Promise.all(widths.map((width, line) => ask(session, 10 * page + line, width)))),
  );
  for (const [index, page] of pages.entries()) {
    expect(page).toEqual(widths.map((width, line) => ({ values: [10 * (index + 1) + line], steps: width / STEP })));
  }
  // 16 and 8 of two pages; 24 and 32 three times, of two pages: two full batches; 56 twice.
  const shapes = provider.shapes.map(([size, , , width]) => `${size}x${width}`);
  expect(shapes.toSorted((one, other) => one.localeCompare(other))).toEqual(['2x64', '4x16', '4x32', '4x32']);
});

test('a batch is filled up to the next size, so that shapes are few', async () => {
  const provider = scriptedProvider();
  const session = openBatchingSession(provider, OPTIONS);
  expect(await Promise.all([1, 2, 3].map((value) => ask(session, value, 16)))).toEqual(
    [1, 2, 3].map((value) => ({ values: [value], steps: 2 })),
  );
  expect(provider.shapes).toEqual([[4, 1, 2, 16]]);
});

test('a full batch does not wait, and a line that stays alone waits no longer than it may', async () => {
  const provider = scriptedProvider();
  const session = openBatchingSession(provider, { ...OPTIONS, waitMs: 600_000 });
  const started = performance.now();
  await Promise.all([1, 2, 3, 4].map((value) => ask(session, value, 16)));
  expect(performance.now() - started).toBeLessThan(60_000);
  const patient = openBatchingSession(provider, OPTIONS);
  const alone = performance.now();
  await ask(patient, 5, 16);
  expect(performance.now() - alone).toBeGreaterThanOrEqual(OPTIONS.waitMs - 1);
  expect(provider.shapes).toEqual([
    [4, 1, 2, 16],
    [1, 1, 2, 16],
  ]);
});

test('one batch runs at a time, and the oldest line goes first however many of another width come', async () => {
  const provider = scriptedProvider({ ms: 5 });
  const session = openBatchingSession(provider, { ...OPTIONS, waitMs: 1 });
  const ended: string[] = [];
  const asked = [...Array(4).fill(16), 64, ...Array(12).fill(16)].map(async (width, index) => {
    await ask(session, index + 1, width);
    ended.push(`${width}`);
  });
  await Promise.all(asked);
  expect(ended.indexOf('64')).toBeLessThanOrEqual(2 * 4);
  expect(provider.shapes).toHaveLength(5);
});

test('a batch that fails is run line by line, and only what fails alone is told', async () => {
  const provider = scriptedProvider({ poison: 3 });
  const session = openBatchingSession(provider, OPTIONS);
  const answers = await Promise.allSettled([1, 2, 3, 4].map((value) => ask(session, value, 16)));
  expect(answers.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'fulfilled']);
  expect(provider.shapes.map(([size]) => size)).toEqual([4, 1, 1, 1, 1]);
  expect(await ask(session, 9, 16)).toEqual({ values: [9], steps: 2 });
});

test('an answer is a copy of its own, and the input may be changed once it is answered', async () => {
  const session = openBatchingSession(scriptedProvider(), OPTIONS);
  const [one, other] = await Promise.all([session.run({ x: lineOf(1, 16) }), session.run({ x: lineOf(2, 16) })]);
  expect(one.y!.data.buffer).not.toBe(other.y!.data.buffer);
  expect(one.y!.data.byteLength).toBe(one.y!.data.buffer.byteLength);
});

test('what is no single line is refused', async () => {
  const session = openBatchingSession(scriptedProvider(), OPTIONS);
  await expect(session.run({ other: lineOf(1, 16) })).rejects.toMatchObject({ code: 'internal' });
  await expect(session.run({ x: { data: new Float32Array(64), dims: [2, 1, 2, 16] } })).rejects.toMatchObject({
    code: 'internal',
  });
});

test('every width of the engine has a step, and one costs at most twice its line', () => {
  for (let width = 48; width <= 3_200; width += STEP) {
    const step = stepFor(width, LINE_WIDTHS);
    expect(step).toBeGreaterThanOrEqual(width);
    expect(step).toBeLessThanOrEqual(Math.max(80, 2 * width));
  }
});

test('pages are searched in sides that many share, and the map is as large as the page and where it was', async () => {
  const shapes: (readonly number[])[] = [];
  const mirror: Session = {
    inputNames: ['x'],
    outputNames: ['y'],
    run: async ({ x }) => {
      shapes.push(x!.dims);
      return { y: x! };
    },
  };
  const page = { data: Float32Array.from({ length: 5 * 7 }, (_, index) => index + 1), dims: [1, 1, 5, 7] };
  const { y } = await openPaddedSession(mirror, 8).run({ x: page });
  expect(shapes).toEqual([[1, 1, 8, 8]]);
  expect(y).toEqual(page);
  const fitting = { data: new Float32Array(64), dims: [1, 1, 8, 8] };
  expect((await openPaddedSession(mirror, 8).run({ x: fitting })).y!.data).toBe(fitting.data);
});
