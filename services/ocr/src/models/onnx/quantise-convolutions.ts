import { AppError } from '@docusnap/contracts';
import { type Constant, type Graph, type GraphNode, intAttribute, intOf, intsAttribute, intsOf } from './graph.ts';
import { integerProduct, type Made } from './integer-product.ts';
import type { InputRange, Ranges } from './ranges.ts';

/** From [1, channels, rows, columns] to [1, rows, columns, channels], and back. */
const CHANNELS_LAST = [0, 2, 3, 1];
const CHANNELS_FIRST = [0, 3, 1, 2];

/** The convolutions named in the ranges, on integers; their inputs and outputs are floats as before. */
export function quantiseConvolutions(graph: Graph, ranges: Ranges['convolutions']): Graph {
  const constants = new Map(graph.constants);
  const integers = new Map(graph.integers);
  const nodes = graph.nodes.flatMap((node) => {
    const range = ranges[node.output[0] as string];
    if (range === undefined) return [node];
    const made = quantised(graph, node, range);
    for (const [name, constant] of made.constants) constants.set(name, constant);
    for (const [name, constant] of made.integers) integers.set(name, constant);
    return made.nodes;
  });
  return { ...graph, nodes, constants, integers };
}

/**
 * A product over the channels, turned round to where they are last and back, which onnxruntime does together with the changes from and to its
 * blocked layout. The depthwise 1x1 convolution behind it changes nothing, but the hard-swish that follows is fused into it: as nodes of their own, in
 * that layout or in another, the hard-swish took longer.
 */
function quantised(graph: Graph, node: GraphNode, range: InputRange): Made {
  const [input, output] = [node.input[0] as string, node.output[0] as string];
  const weight = graph.constants.get(node.input[1] as string);
  const [outputs, inputs] = weight?.dims ?? [];
  if (!weight || !outputs || !isPointwise(node, weight) || range.low.length !== inputs) {
    throw new AppError('models_unavailable', `The stored ranges of "${output}" are not those of this model.`);
  }
  const name = (suffix: string): string => `${output}.${suffix}`;
  const product = integerProduct({
    name: output,
    input,
    range,
    turn: CHANNELS_LAST,
    weights: weight.data,
    bias: graph.constants.get(node.input[2] as string)?.data ?? new Float32Array(outputs),
    output: name('product'),
  });
  return {
    nodes: [
      ...product.nodes,
      {
        opType: 'Transpose',
        input: [name('product')],
        output: [name('back')],
        attribute: [intsAttribute('perm', CHANNELS_FIRST)],
      },
      {
        opType: 'Conv',
        input: [name('back'), name('ones')],
        output: [output],
        attribute: [intAttribute('group', outputs), intsAttribute('kernel_shape', [1, 1])],
      },
    ],
    constants: [
      ...product.constants,
      [name('ones'), { dims: [outputs, 1, 1, 1], data: new Float32Array(outputs).fill(1) }],
    ],
    integers: product.integers,
  };
}

/** A convolution of one pixel, which nothing pads: a matrix product over the channels. */
export function isPointwise(node: GraphNode, weight: Constant): boolean {
  return (
    node.opType === 'Conv' &&
    intOf(node, 'group', 1) === 1 &&
    weight.dims[2] === 1 &&
    weight.dims[3] === 1 &&
    [...intsOf(node, 'pads', [])].every((pad) => pad === 0) &&
    !node.attribute.some(({ name }) => name === 'auto_pad')
  );
}
