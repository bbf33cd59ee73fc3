import { type Models, readPage, type Session, type Tensor } from '@docusnap/engine';
import { seededRandom } from '@docusnap/testing';
import { expect, test } from '@jest/globals';
import { decodeFrame } from '../../decode/decode-frame.ts';
import { readModelFile } from '../files.ts';
import { loadModels } from '../load.ts';
import { findModelSet } from '../registry.ts';
import { openSession } from '../session.ts';
import { drawCalibrationPage } from './calibrate/pages.ts';
import { graphOf } from './graph.ts';
import { decodeModel } from './proto.ts';
import { rewriteModel } from './rewrite.ts';

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

test('no map of the neck is gated or convolved at more than its own size, and nothing is enlarged at the end but the result', async () => {
  const { nodes } = graphOf(decodeModel(rewriteModel(await readModelFile(findModelSet().files.detection))));
  const types = nodes.map(({ opType }) => opType);
  const weightless = nodes.filter(
    ({ opType, input }) => opType === 'Conv' && nodes.some(({ output }) => output[0] === input[1]),
  );
  // Three of the four gated laterals are still made, for the maps below; three kernels take in a lateral's gate, one that of its own map.
  expect(weightless).toHaveLength(3 + 3 + 1);
  expect(types.filter((type) => type === 'DepthToSpace')).toHaveLength(3 + 1 + 1);
  expect(types.filter((type) => type === 'Resize')).toHaveLength(2 + 2);
  expect(types).not.toContain('ConvTranspose');
  // Two maps leave the strips: one of a quarter of the page's size, one of an eighth.
  expect(nodes.filter(({ output }) => output[0]?.includes('.strip') && output[0].endsWith('.cut'))).toHaveLength(4 * 2);
  const large = nodes.filter(({ opType, input }) => opType === 'Conv' && input[0] === 'x');
  expect(large).toHaveLength(0);
  expect(types.at(-1)).toBe('DepthToSpace');
});
