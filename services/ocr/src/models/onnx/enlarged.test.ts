import { expect, test } from '@jest/globals';
import * as ort from 'onnxruntime-node';
import { type Constant, intAttribute, intsAttribute, textAttribute } from './graph.ts';
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
  weights,
} from './small-models.fixture.ts';

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
