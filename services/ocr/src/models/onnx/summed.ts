import { channelsOf, convolveDoubled, enlargementOf, kernelOf, type Made, replaceEach } from './enlarged.ts';
import { isBarePointwise } from './gates.ts';
import { type Constant, type Graph, type GraphNode, intsAttribute } from './graph.ts';
import { type Makers, makersOf } from './wiring.ts';

/** The lateral map must have so many times fewer channels than what is made of it, or convolving it directly would not pay. */
const LEAST_GAIN = 2;

/**
 * A 3x3 convolution of the sum of a lateral map, which a 1x1 convolution widened, and a doubled one becomes the sum of two: of the lateral map
 * before it is widened, with weights that are the product of both (made while the graph runs, for the 1x1 weights are gated), and of the map
 * before it is doubled. In PP-OCR's detection the widened maps have 96 channels, the laterals 12, 18 and 42.
 */
export function convolveBeforeAdding(graph: Graph): Graph {
  const makers = makersOf(graph);
  return replaceEach(graph, (conv) => {
    const weight = kernelOf(graph, conv);
    const add = weight && makers.get(conv.input[0] as string);
    if (!weight || add?.opType !== 'Add') return undefined;
    const summands = add.input.map((name) => makers.get(name));
    const resize = summands.find((node) => enlargementOf(graph, node) === 2);
    const lateral = summands.find((node) => isWidening(graph, makers, node));
    if (!resize || !lateral) return undefined;
    const narrow = channelsOf(graph, makers, lateral.input[0] as string);
    if (narrow === undefined || narrow * LEAST_GAIN > (weight.dims[1] as number)) return undefined;
    return sumOf(conv, { weight, lateral, narrow, small: resize.input[0] as string });
  });
}

interface Summed {
  /** Of the convolution. */
  readonly weight: Constant;
  /** The 1x1 convolution that widens the lateral map, and how many channels that has before. */
  readonly lateral: GraphNode;
  readonly narrow: number;
  /** The other map before it is doubled. */
  readonly small: string;
}

function sumOf(conv: GraphNode, { weight, lateral, narrow, small }: Summed): Made {
  const [outputs = 0, wide = 0, height = 0, width = 0] = weight.dims;
  const part = (suffix: string): string => `${conv.output[0]}.${suffix}`;
  const doubled = convolveDoubled(part('small'), small, weight);
  const shape = (...dims: number[]) => ({ dims: [dims.length], data: BigInt64Array.from(dims, BigInt) });
  return {
    nodes: [
      {
        opType: 'Reshape',
        input: [lateral.input[1] as string, part('matrix')],
        output: [part('widening')],
        attribute: [],
      },
      { opType: 'MatMul', input: [part('taps'), part('widening')], output: [part('product')], attribute: [] },
      { opType: 'Reshape', input: [part('product'), part('kernel')], output: [part('taps.first')], attribute: [] },
      {
        opType: 'Transpose',
        input: [part('taps.first')],
        output: [part('w')],
        attribute: [intsAttribute('perm', [2, 3, 0, 1])],
      },
      { ...conv, input: [lateral.input[0] as string, part('w'), ...conv.input.slice(2)], output: [part('large')] },
      ...doubled.nodes,
      { opType: 'Add', input: [part('large'), part('small')], output: conv.output, attribute: [] },
    ],
    constants: [...doubled.constants, [part('taps'), tapsFirst(weight)]],
    integers: [
      ...doubled.integers,
      [part('matrix'), shape(wide, narrow)],
      [part('kernel'), shape(height, width, outputs, narrow)],
    ],
  };
}

/** A 1x1 convolution of constant weights, gated or not. */
function isWidening(graph: Graph, makers: Makers, conv: GraphNode | undefined): boolean {
  if (!conv) return false;
  const [input = '', weight = '', ...more] = conv.input;
  const maker = makers.get(weight);
  const ungated = maker?.opType === 'Mul' ? (maker.input[0] as string) : weight;
  return isBarePointwise(graph, { ...conv, input: [input, ungated, ...more] });
}

/** Weights [outputs, inputs, height, width] as a matrix [height * width * outputs, inputs]. */
function tapsFirst({ dims, data }: Constant): Constant {
  const [outputs = 0, inputs = 0, height = 0, width = 0] = dims;
  const taps = height * width;
  const turned = Float32Array.from(data, (_, index) => {
    const [row, input] = [Math.floor(index / inputs), index % inputs];
    const [tap, output] = [Math.floor(row / outputs), row % outputs];
    return data[(output * inputs + input) * taps + tap]!;
  });
  return { dims: [taps * outputs, inputs], data: turned };
}
