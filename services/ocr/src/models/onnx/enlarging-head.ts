import { type Made, replaceEach } from './enlarged.ts';
import { type Constant, type Graph, type GraphNode, intAttribute, intOf, intsAttribute, intsOf } from './graph.ts';
import { soleUser, type Wiring, wiringOf } from './wiring.ts';

/** Side of the kernel, and the stride, of the transposed convolutions: each pixel becomes a block of four, and none meets another. */
const BLOCK = 2;
const PIXELS = BLOCK * BLOCK;

/**
 * Two transposed convolutions that each double a map, the last to one channel, become 1x1 convolutions of the map as it is: four of the first
 * kind, one for each pixel of its blocks, and one of the second kind for each of these. Their 16 channels are then the 16 pixels of each pixel,
 * which are put in their places last, after the sigmoid. At the end of PP-OCR's detection the map between the two has 24 channels at half of
 * the page's size and was the largest of the graph; now a quarter of it is held at a time.
 */
export function enlargeLast(graph: Graph): Graph {
  const wiring = wiringOf(graph.nodes);
  const heads = graph.nodes.flatMap((node) => headAt(graph, wiring, node) ?? []);
  const replaced = new Map(
    heads.flatMap(({ between, made }) => [...between.map((node) => [node, NOTHING] as const), made]),
  );
  return replaceEach(graph, (node) => replaced.get(node));
}

const NOTHING: Made = { nodes: [], constants: [], integers: [] };

function headAt(graph: Graph, wiring: Wiring, first: GraphNode) {
  const wide = doublingOf(graph, first);
  const relu = wide && soleUser(graph, wiring, first.output[0] as string);
  const second = relu?.opType === 'Relu' ? soleUser(graph, wiring, relu.output[0] as string) : undefined;
  const narrow = second && doublingOf(graph, second);
  const sigmoid = second && soleUser(graph, wiring, second.output[0] as string);
  if (narrow?.weight.dims[1] !== 1 || sigmoid?.opType !== 'Sigmoid') return undefined;
  const made = headOf(first.input[0] as string, sigmoid.output[0] as string, wide as Doubling, narrow);
  return { between: [first, relu as GraphNode, second], made: [sigmoid, made] as const };
}

interface Doubling {
  /** [inputs, outputs, 2, 2]. */
  readonly weight: Constant;
  readonly bias: Constant;
}

function doublingOf(graph: Graph, node: GraphNode): Doubling | undefined {
  if (node.opType !== 'ConvTranspose') return undefined;
  const weight = graph.constants.get(node.input[1] ?? '');
  const isDoubling =
    weight?.dims[2] === BLOCK &&
    weight.dims[3] === BLOCK &&
    intOf(node, 'group', 1) === 1 &&
    intsOf(node, 'strides', [1, 1]).every((stride) => stride === BLOCK) &&
    intsOf(node, 'pads', [0]).every((pad) => pad === 0) &&
    intsOf(node, 'output_padding', [0]).every((pad) => pad === 0) &&
    intsOf(node, 'dilations', [1]).every((dilation) => dilation === 1) &&
    node.attribute.every(({ name }) => name !== 'auto_pad' && name !== 'output_shape');
  if (!isDoubling) return undefined;
  const outputs = weight.dims[1] as number;
  const none = { dims: [outputs], data: new Float32Array(outputs) };
  const bias = node.input[2] === undefined ? none : graph.constants.get(node.input[2]);
  return bias && { weight, bias };
}

function headOf(input: string, output: string, wide: Doubling, narrow: Doubling): Made {
  const part = (suffix: string): string => `${output}.${suffix}`;
  const pointwise = [intsAttribute('kernel_shape', [1, 1])];
  const pixels = Array.from({ length: PIXELS }, (_, pixel) => pixel);
  return {
    nodes: [
      ...pixels.flatMap((pixel): GraphNode[] => [
        {
          opType: 'Conv',
          input: [input, part(`wide.w${pixel}`), part('wide.b')],
          output: [part(`wide${pixel}`)],
          attribute: pointwise,
        },
        { opType: 'Relu', input: [part(`wide${pixel}`)], output: [part(`wide${pixel}.relu`)], attribute: [] },
        {
          opType: 'Conv',
          input: [part(`wide${pixel}.relu`), part('narrow.w'), part('narrow.b')],
          output: [part(`narrow${pixel}`)],
          attribute: pointwise,
        },
      ]),
      {
        opType: 'Concat',
        input: pixels.map((pixel) => part(`narrow${pixel}`)),
        output: [part('blocks')],
        attribute: [intAttribute('axis', 1)],
      },
      {
        opType: 'Gather',
        input: [part('blocks'), part('rows')],
        output: [part('pixels')],
        attribute: [intAttribute('axis', 1)],
      },
      { opType: 'Sigmoid', input: [part('pixels')], output: [part('small')], attribute: [] },
      {
        opType: 'DepthToSpace',
        input: [part('small')],
        output: [output],
        attribute: [intAttribute('blocksize', PIXELS)],
      },
    ],
    constants: [
      ...pixels.map((pixel) => [part(`wide.w${pixel}`), pixelOf(wide.weight, pixel)] as const),
      [part('wide.b'), wide.bias],
      [part('narrow.w'), pixelsOf(narrow.weight)],
      [part('narrow.b'), { dims: [PIXELS], data: new Float32Array(PIXELS).fill(narrow.bias.data[0]!) }],
    ],
    integers: [[part('rows'), { dims: [PIXELS * PIXELS], data: byRows() }]],
  };
}

/** Of weights [inputs, outputs, 2, 2] those of one pixel of the block, [outputs, inputs, 1, 1]. */
function pixelOf({ dims, data }: Constant, pixel: number): Constant {
  const [inputs = 0, outputs = 0] = dims;
  const turned = Float32Array.from({ length: inputs * outputs }, (_, index) => {
    const [output, input] = [Math.floor(index / inputs), index % inputs];
    return data[(input * outputs + output) * PIXELS + pixel]!;
  });
  return { dims: [outputs, inputs, 1, 1], data: turned };
}

/** Of weights [inputs, 1, 2, 2] those of all pixels of the block, [4, inputs, 1, 1]. */
function pixelsOf({ dims: [inputs = 0], data }: Constant): Constant {
  const turned = Float32Array.from({ length: PIXELS * inputs }, (_, index) => {
    const [pixel, input] = [Math.floor(index / inputs), index % inputs];
    return data[input * PIXELS + pixel]!;
  });
  return { dims: [PIXELS, inputs, 1, 1], data: turned };
}

/** For each of the 16 pixels, row by row, which of the blocks' channels it is: blocks of blocks come pixel by pixel. */
function byRows(): BigInt64Array {
  return BigInt64Array.from({ length: PIXELS * PIXELS }, (_, place) => {
    const [row, column] = [Math.floor(place / PIXELS), place % PIXELS];
    const outer = (row >> 1) * BLOCK + (column >> 1);
    const inner = (row & 1) * BLOCK + (column & 1);
    return BigInt(outer * PIXELS + inner);
  });
}
