import { type Models, readPage, type Session, type Tensor } from '@docusnap/engine';
import { seededRandom } from '@docusnap/testing';
import { expect, jest, test } from '@jest/globals';
import { decodeFrame } from '../../decode/decode-frame.ts';
import { readModelFile } from '../files.ts';
import { loadModels } from '../load.ts';
import { findModelSet } from '../registry.ts';
import { openSession } from '../session.ts';
import { drawCalibrationPage } from './calibrate/pages.ts';
import { graphOf } from './graph.ts';
import { decodeModel } from './proto.ts';
import { rewriteModel } from './rewrite.ts';

/** Models are loaded and run in earnest. */
jest.setTimeout(60_000);

const SEED = 5;
const PAGES = 2;
/** Of probabilities: rounding of 32-bit floats in another order. Up to 2.8e-5 was seen, with and without the rules for gates. */
const ROUNDING = 5e-5;

/** What the engine asks the detection of these models for while it reads a page. */
async function askedOf(models: Models, page: Buffer): Promise<Tensor[]> {
  const asked: Tensor[] = [];
  const detection: Session = {
    ...models.detection,
    run(inputs) {
      asked.push(...Object.values(inputs).map(({ data, dims }) => ({ data: Float32Array.from(data), dims })));
      return models.detection.run(inputs);
    },
  };
  const raster = await decodeFrame(page, 0, { maxPixels: 10_000_000 });
  await readPage({ ...models, detection }, raster);
  return asked;
}

async function mapOf(session: Session, asked: Tensor): Promise<Float32Array> {
  const outputs = await session.run({ [session.inputNames[0] ?? '']: asked });
  return outputs[session.outputNames[0] ?? '']?.data as Float32Array;
}

test('over drawn pages the rewritten detection gives the map of the published one', async () => {
  const { models } = await loadModels();
  const published = await readModelFile(findModelSet().files.detection);
  const original = await openSession(published, 'published', 'cpu');
  const random = seededRandom(SEED);
  let found = 0;
  for (let page = 0; page < PAGES; page += 1) {
    for (const asked of await askedOf(models, await drawCalibrationPage(random))) {
      const [expected, given] = [await mapOf(original, asked), await mapOf(models.detection, asked)];
      expect(given.length).toBe(expected.length);
      const most = given.reduce((least, value, place) => Math.max(least, Math.abs(value - expected[place]!)), 0);
      expect(most).toBeLessThan(ROUNDING);
      found += expected.reduce((sum, value) => sum + (value > 0.5 ? 1 : 0), 0);
    }
  }
  // Print was found: there was something to be wrong about.
  expect(found).toBeGreaterThan(1_000);
});

test('no map of the neck is gated by a product of its own, and nothing follows a transposed convolution but its activation', async () => {
  const { nodes } = graphOf(decodeModel(rewriteModel(await readModelFile(findModelSet().files.detection))));
  const laterals = nodes.filter(
    ({ opType, input }) => opType === 'Conv' && input[1]?.endsWith('.w') && input.length === 2,
  );
  expect(nodes.filter(({ opType }) => opType === 'Transpose')).toHaveLength(4);
  expect(laterals.filter(({ input }) => nodes.some(({ output }) => output[0] === input[1]))).toHaveLength(4);
  for (const { output } of nodes.filter(({ opType }) => opType === 'ConvTranspose')) {
    const users = nodes.filter(({ input }) => input.includes(output[0] as string));
    expect(users.map(({ opType }) => opType)).toEqual([expect.stringMatching(/^(Relu|Sigmoid)$/)]);
  }
});
