import { PageText } from '@docusnap/contracts';
import { expect, test } from '@jest/globals';
import type { Models, Session, Tensor } from './models.ts';
import type { Raster } from './raster.ts';
import { readPage } from './read-page.ts';

function session(output: (input: Tensor) => Tensor): Session {
  return {
    inputNames: ['x'],
    outputNames: ['y'],
    run: async ({ x }) => ({ y: output(x!) }),
  };
}

/** Sees text where the first plane is dark; reads "a", a space and "b" from every line. */
const models: Models = {
  detection: session(({ data, dims }) => {
    const map = new Float32Array(dims[2]! * dims[3]!);
    for (let i = 0; i < map.length; i += 1) {
      map[i] = data[i]! < 0 ? 0.9 : 0.1;
    }
    return { data: map, dims: [1, 1, dims[2]!, dims[3]!] };
  }),
  orientation: session(() => ({ data: Float32Array.of(1, 0), dims: [1, 2] })),
  recognition: session(() => ({ data: Float32Array.of(0, 1, 0, 0, 0, 0, 0, 1, 0, 0, 1, 0), dims: [1, 3, 4] })),
  alphabet: ['', 'a', 'b', ' '],
  versions: {
    detection: { name: 'd', sha256: '1' },
    orientation: { name: 'o', sha256: '2' },
    recognition: { name: 'r', sha256: '3' },
  },
};

function page(width: number, height: number, level: number): Raster {
  return { width, height, channels: 1, data: new Uint8Array(width * height).fill(level) };
}

function withBar(raster: Raster, x: number, y: number, width: number, height: number): Raster {
  const data = raster.data.slice();
  for (let row = y; row < y + height; row += 1) {
    data.fill(0, row * raster.width + x, row * raster.width + x + width);
  }
  return { ...raster, data };
}

test('a page with one bar has one line with two words, in pixels of the page, and keeps the contract', async () => {
  const text = await readPage(models, withBar(page(400, 300, 255), 100, 140, 200, 20));
  expect(PageText.parse(text)).toEqual(text);
  expect(text).toMatchObject({ width: 400, height: 300, source: 'ocr', angle: 0, models: models.versions });
  expect(text.blocks.map(({ lines }) => lines.map((line) => line.text))).toEqual([['a b']]);
  const [[left, top], [right], [, bottom]] = text.blocks[0]!.lines[0]!.quad;
  expect([left < 100, top < 140, right > 300, bottom > 160]).toEqual([true, true, true, true]);
  expect([left > 50, top > 110, right < 350, bottom < 190]).toEqual([true, true, true, true]);
});

test('each stage is told as it ends, in order', async () => {
  const stages: string[] = [];
  await readPage(models, page(100, 100, 255), { onStage: (stage) => stages.push(stage) });
  expect(stages).toEqual(['prepare', 'detect', 'straighten', 'orient', 'recognise', 'arrange', 'tables', 'furniture']);
});

test('a line whose letters stand close is read once more half as wide again, one too long for a picture in parts', async () => {
  const widths: number[] = [];
  const recognition = session(({ dims }) => {
    widths.push(dims[3]!);
    return {
      data: Float32Array.from([1, 2, 1, 2].flatMap((a) => [0.1, 0.9 * (2 - a), 0.9 * (a - 1), 0])),
      dims: [1, 4, 4],
    };
  });
  await readPage({ ...models, recognition }, withBar(page(400, 300, 255), 100, 140, 200, 20));
  expect(widths).toHaveLength(2);
  expect(widths[1]! / widths[0]!).toBeCloseTo(1.5, 1);
  widths.length = 0;
  await readPage({ ...models, recognition }, withBar(page(2_000, 100, 255), 20, 50, 1_960, 6));
  // Two, each of them as crowded; no picture is wider than this.
  expect(widths).toEqual([2_712, 3_200, 2_712, 3_200]);
});

test.each([
  ['a blank page', page(600, 800, 255)],
  ['one white pixel', page(1, 1, 255)],
  ['one dot', withBar(page(600, 800, 255), 300, 400, 1, 1)],
  ['a blank strip of 20,000 pixels', page(20_000, 40, 255)],
  ['a blank strip one pixel high', page(20_000, 1, 255)],
])('%s has no blocks', async (_, raster) => {
  expect((await readPage(models, raster)).blocks).toEqual([]);
});

test.each([
  ['an all black page', page(600, 800, 0)],
  ['one black pixel', page(1, 1, 0)],
  ['a black strip of 20,000 pixels', page(20_000, 40, 0)],
  ['a black column of 20,000 pixels', page(3, 20_000, 0)],
])('%s is read without failing, whatever is seen in it', async (_, raster) => {
  const text = await readPage(models, raster);
  expect(PageText.parse(text)).toEqual(text);
});

test('a region without any character leaves no line', async () => {
  const mute = session(() => ({ data: Float32Array.of(1, 0, 0, 0), dims: [1, 1, 4] }));
  const bar = withBar(page(400, 300, 255), 100, 140, 200, 20);
  expect((await readPage({ ...models, recognition: mute }, bar)).blocks).toEqual([]);
});

test('a line that is hardly readable is left out', async () => {
  const unsure = session(() => ({ data: Float32Array.of(0.3, 0.4, 0.2, 0.1), dims: [1, 1, 4] }));
  const bar = withBar(page(400, 300, 255), 100, 140, 200, 20);
  expect((await readPage({ ...models, recognition: unsure }, bar)).blocks).toEqual([]);
});

test('a raster whose bytes do not fit its sizes is refused', async () => {
  const raster: Raster = { width: 10, height: 10, channels: 3, data: new Uint8Array(100) };
  await expect(readPage(models, raster)).rejects.toMatchObject({ code: 'internal' });
});

test('a text map of another size than its input is refused', async () => {
  const small = session(() => ({ data: new Float32Array(4), dims: [1, 1, 2, 2] }));
  await expect(readPage({ ...models, detection: small }, page(100, 100, 0))).rejects.toMatchObject({
    code: 'internal',
  });
});

test('a model without outputs is refused', async () => {
  const silent: Session = { inputNames: ['x'], outputNames: [], run: async () => ({}) };
  await expect(readPage({ ...models, detection: silent }, page(9, 9, 0))).rejects.toMatchObject({ code: 'internal' });
  const forgetful: Session = { inputNames: ['x'], outputNames: ['y'], run: async () => ({}) };
  await expect(readPage({ ...models, detection: forgetful }, page(9, 9, 0))).rejects.toMatchObject({
    code: 'internal',
  });
});

/** Reads letters from a line, "ab" over and over and then "ba", surer or less sure with each reading, so many steps apart. */
function readings(apart: number, sureness: readonly number[]) {
  const widths: number[] = [];
  const recognition = session(({ dims: [, , , width = 0] }) => {
    const sure = sureness[widths.length] ?? 0;
    const first = widths.length % 2;
    widths.push(width);
    const steps = 6 * apart;
    const data = new Float32Array(steps * 4);
    for (let step = 0; step < steps; step += 1) {
      const letter = 1 + ((step / apart + first) % 2);
      data[step * 4 + (step % apart === 0 ? letter : 0)] = sure;
    }
    return { data, dims: [1, steps, 4] };
  });
  return { recognition, widths };
}

test.each([
  { apart: 1, sureness: [0.96, 0.99], text: 'ababab', looks: 1 },
  { apart: 1, sureness: [0.8, 0.9], text: 'bababa', looks: 2 },
  { apart: 1, sureness: [0.8, 0.7], text: 'ababab', looks: 2 },
  { apart: 3, sureness: [0.8, 0.9], text: 'ababab', looks: 1 },
])('letters $apart steps apart, read with $sureness, are "$text" after $looks looks', async (trial) => {
  const { recognition, widths } = readings(trial.apart, trial.sureness);
  const bar = withBar(page(400, 300, 255), 100, 140, 200, 20);
  const read = await readPage({ ...models, recognition }, bar);
  expect(read.blocks[0]?.lines[0]?.text).toBe(trial.text);
  expect(widths).toHaveLength(trial.looks);
  if (trial.looks === 2) expect(widths[1]! / widths[0]!).toBeCloseTo(1.5, 1);
});
