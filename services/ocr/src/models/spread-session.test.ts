import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { linesOf } from '@docusnap/contracts';
import { readPage } from '@docusnap/engine';
import { afterEach, expect, test } from '@jest/globals';
import { decodeFrame } from '../decode/decode-frame.ts';
import { readModelFile } from './files.ts';
import type { Tensors } from './inference.ts';
import { loadModels } from './load.ts';
import { rewriteModel } from './onnx/rewrite.ts';
import { findModelSet } from './registry.ts';
import { lanesFor, openSpreadSession, type SpreadSession } from './spread-session.ts';

const { files } = findModelSet();
const recogniser = () => readModelFile(files.recognition, undefined);
/** Another model that takes lines, of one width only. */
const classifier = () => readModelFile(files.orientation, undefined);
const WIDTH = 192;
const open: SpreadSession[] = [];

afterEach(async () => {
  await Promise.all(open.splice(0).map((session) => session.close()));
});

/** The first bytes asked for are those of the session here, later ones those of its threads. */
async function openSpread(...models: (() => Promise<Uint8Array>)[]) {
  let asked = 0;
  const model = () => models[Math.min(asked++, models.length - 1)]!();
  const session = await openSpreadSession(model, { name: 'tested', provider: 'cpu' });
  open.push(session);
  return { session, asked: () => asked };
}

/** A line of some grey, `width` pixels long. */
function line(width: number, grey = 0): Tensors {
  return { x: { data: new Float32Array(3 * 48 * width).fill(grey), dims: [1, 3, 48, width] } };
}

function digestOf(outputs: Tensors): string {
  const hash = createHash('sha256');
  for (const [name, { data, dims }] of Object.entries(outputs)) hash.update(`${name} ${dims}`).update(data);
  return hash.digest('hex');
}

/** Runs two at once until the second ran elsewhere, on a thread with another model. */
async function untilThreadRuns(session: SpreadSession): Promise<void> {
  for (;;) {
    const [here, there] = await Promise.all([session.run(line(WIDTH)), session.run(line(WIDTH))]);
    if (Object.keys(here)[0] !== Object.keys(there)[0]) return;
  }
}

test('one run at a time stays here and starts no thread', async () => {
  const { session, asked } = await openSpread(recogniser);
  for (let i = 0; i < 3; i += 1) await session.run(line(WIDTH));
  expect(asked()).toBe(1);
});

test('of several runs at once the first runs here, as many as a thread takes run there, and one thread is enough for three', async () => {
  const { session, asked } = await openSpread(recogniser, classifier);
  await untilThreadRuns(session);
  const outputs = await Promise.all([1, 2, 3].map(() => session.run(line(WIDTH))));
  const [here, ...there] = outputs.map((output) => Object.values(output)[0]!.dims);
  expect(here?.slice(0, 2)).toEqual([1, WIDTH / 8]);
  expect(there).toEqual([
    [1, 2],
    [1, 2],
  ]);
  expect(asked()).toBe(2);
});

test('outputs are the same wherever a run went, and inputs are left as they were', async () => {
  const { session } = await openSpread(recogniser);
  const inputs = [line(64, -1), line(96, 0.5), line(320, 1), line(640, 0), line(64, -0.5)];
  const alone: string[] = [];
  for (const input of inputs) alone.push(digestOf(await session.run(input)));
  for (let round = 0; round < 10; round += 1) {
    const outputs = await Promise.all(inputs.map((input) => session.run(input)));
    expect(outputs.map(digestOf)).toEqual(alone);
  }
  expect(inputs[1]!.x!.data.length).toBe(3 * 48 * 96);
});

test('a run that fails on a thread fails, and so do all after it', async () => {
  const { session } = await openSpread(recogniser, classifier);
  await untilThreadRuns(session);
  const unfit: Tensors = { x: { data: new Float32Array(48 * 32), dims: [1, 1, 48, 32] } };
  const runs = await Promise.allSettled([session.run(line(WIDTH)), session.run(unfit), session.run(line(WIDTH))]);
  expect(runs.slice(1)).toEqual([
    { status: 'rejected', reason: expect.objectContaining({ name: 'AppError', code: 'internal' }) },
    { status: 'rejected', reason: expect.objectContaining({ name: 'AppError', code: 'internal' }) },
  ]);
  await expect(session.run(line(WIDTH))).rejects.toMatchObject({ code: 'internal' });
});

test('a thread that cannot load its model fails the runs after it', async () => {
  const { session } = await openSpread(recogniser, async () => Buffer.from('no model'));
  const runs = async () => {
    for (;;) await Promise.all([session.run(line(WIDTH)), session.run(line(WIDTH))]);
  };
  await expect(runs()).rejects.toMatchObject({ code: 'internal', message: expect.stringContaining('"tested"') });
});

test('runs in hand fail when the threads are ended', async () => {
  const { session } = await openSpread(recogniser, classifier);
  await untilThreadRuns(session);
  const runs = Promise.allSettled([session.run(line(WIDTH)), session.run(line(WIDTH))]);
  await session.close();
  expect((await runs)[1]).toMatchObject({ status: 'rejected', reason: { code: 'internal' } });
});

test('a page reads the same with one thread and with two', async () => {
  const { session, asked } = await openSpread(async () => rewriteModel(await recogniser()));
  const models = { ...(await loadModels()).models, recognition: session };
  const file = new URL('../../../../deploy/embedded/sample/invoice.jpg', import.meta.url);
  const whole = await decodeFrame(await readFile(file), 0, { maxPixels: 100_000_000 });
  const height = Math.round(whole.height / 3);
  const raster = { ...whole, height, data: whole.data.slice(0, whole.width * height * whole.channels) };
  const alone = await readPage(models, raster, { lanes: lanesFor(1) });
  const first = await readPage(models, raster, { lanes: lanesFor(2) });
  const second = await readPage(models, raster, { lanes: lanesFor(2) });
  expect(linesOf(alone).length).toBeGreaterThan(4);
  expect(first).toEqual(alone);
  expect(second).toEqual(alone);
  expect(asked()).toBe(2);
});
