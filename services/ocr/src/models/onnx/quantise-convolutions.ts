import { AppError } from '@docusnap/contracts';
import { channelSteps, integerWeights, widened } from './channel-steps.ts';
import {
  type Constant,
  floatOf,
  type Graph,
  type GraphNode,
  type IntegerConstant,
  intAttribute,
  intOf,
  intsAttribute,
  intsOf,
} from './graph.ts';
import { CONTRIBUTED } from './operator-set.ts';
import type { Ranges } from './ranges.ts';
import { type Wiring, wiringOf } from './wiring.ts';

/** Below this hard-swish is zero, so nothing there has to be told apart. */
const HARD_SWISH_ZERO = -3;
/** Least width of an output's range: a channel that never changed still needs a step. */
const LEAST_RANGE = 0.01;
const BYTE = 255;

type Convolution = Ranges['convolutions'][string];
type Made = { nodes: GraphNode[]; constants: [string, Constant][]; integers: [string, IntegerConstant][] };

/** The convolutions named in the ranges, on integers; their inputs and outputs are floats as before. */
export function quantiseConvolutions(graph: Graph, ranges: Ranges['convolutions']): Graph {
  const wiring = wiringOf(graph.nodes);
  const constants = new Map(graph.constants);
  const integers = new Map(graph.integers);
  const nodes = graph.nodes.flatMap((node) => {
    const range = ranges[node.output[0] as string];
    if (range === undefined) return [node];
    const made = quantised(graph, wiring, node, range);
    for (const [name, constant] of made.constants) constants.set(name, constant);
    for (const [name, constant] of made.integers) integers.set(name, constant);
    return made.nodes;
  });
  return { ...graph, nodes, constants, integers };
}

/**
 * Bytes in, a convolution of bytes, bytes out, and a depthwise convolution that turns them back to floats.
 *
 * Each channel of the input has its own step and zero, each channel of the output its own range. QLinearConv allows one step and one zero
 * for all of them: the input's steps go into the weights and its zeros into the bias; the output's steps go into the steps of the weights,
 * which may differ, and its lows into the bias. The depthwise 1x1 convolution at the end multiplies and adds them back. It costs no more
 * than plain dequantisation: onnxruntime fuses the hard-swish after it into it, and stays in its blocked layout.
 */
function quantised(
  graph: Graph,
  wiring: Wiring,
  node: GraphNode,
  { input: inputRange, output: outputRange }: Convolution,
): Made {
  const [input, output] = [node.input[0] as string, node.output[0] as string];
  const weight = graph.constants.get(node.input[1] as string);
  const [outputs, inputs] = weight?.dims ?? [];
  if (
    !weight ||
    !outputs ||
    !isPointwise(node, weight) ||
    inputRange.low.length !== inputs ||
    outputRange.low.length !== outputs
  ) {
    throw new AppError('models_unavailable', `The stored ranges of "${output}" are not those of this model.`);
  }
  const bias = graph.constants.get(node.input[2] as string)?.data ?? new Float32Array(outputs);
  const steps = channelSteps(inputRange);
  const weights = integerWeights({ data: weight.data, outputs }, steps, inputRange.mean);
  const least = isHardSwished(graph, wiring, output) ? HARD_SWISH_ZERO : Number.NEGATIVE_INFINITY;
  const bounds = outputRange.low.map((low, channel) => {
    const [bottom, top] = widened(low, outputRange.high[channel] as number);
    return { low: Math.max(bottom, least), step: Math.max(top - Math.max(bottom, least), LEAST_RANGE) / BYTE };
  });
  const name = (suffix: string): string => `${output}.${suffix}`;
  const bytes = [name('one'), name('zero')];
  return {
    nodes: [
      quantiseLinear(input, [name('in.step'), name('in.zero')], name('in')),
      {
        opType: 'QLinearConv',
        input: [name('in'), ...bytes, name('w'), name('w.step'), name('w.zero'), ...bytes, name('b')],
        output: [name('out')],
        attribute: node.attribute,
      },
      { opType: 'DequantizeLinear', input: [name('out'), ...bytes], output: [name('floats')], attribute: [] },
      {
        opType: 'Conv',
        input: [name('floats'), name('out.step'), name('out.low')],
        output: [output],
        attribute: [intAttribute('group', outputs), intsAttribute('kernel_shape', [1, 1])],
      },
    ],
    constants: [
      [name('in.step'), { dims: [inputs], data: steps.step }],
      [name('one'), { dims: [], data: Float32Array.of(1) }],
      [name('w.step'), { dims: [outputs], data: Float32Array.from(bounds, ({ step }, c) => weights.step[c]! / step) }],
      [name('out.step'), { dims: [outputs, 1, 1, 1], data: Float32Array.from(bounds, ({ step }) => step) }],
      [name('out.low'), { dims: [outputs], data: Float32Array.from(bounds, ({ low }) => low) }],
    ],
    integers: [
      [name('in.zero'), { dims: [inputs], data: steps.zero }],
      [name('zero'), { dims: [], data: Uint8Array.of(0) }],
      [name('w'), { dims: weight.dims, data: weights.data }],
      [name('w.zero'), { dims: [outputs], data: new Int8Array(outputs) }],
      [
        name('b'),
        {
          dims: [outputs],
          data: Int32Array.from(bounds, ({ low }, c) =>
            Math.round((bias[c]! + weights.shift[c]! - low) / weights.step[c]!),
          ),
        },
      ],
    ],
  };
}

/** Floats to bytes, with a step and a zero for each channel (axis 1). ONNX's own operator allows that from set 13 on only. */
export function quantiseLinear(input: string, [step, zero]: readonly [string, string], output: string): GraphNode {
  return {
    opType: 'QuantizeLinear',
    domain: CONTRIBUTED,
    input: [input, step, zero],
    output: [output],
    attribute: [intAttribute('axis', 1)],
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

/** Whether a tensor goes into a hard-swish and nowhere else. */
function isHardSwished(graph: Graph, wiring: Wiring, name: string): boolean {
  const users = wiring.users.get(name) ?? [];
  const gate = users.find(({ opType }) => opType === 'HardSigmoid');
  const product = users.find(({ opType }) => opType === 'Mul');
  return (
    users.length === 2 &&
    !graph.outputs.has(name) &&
    gate !== undefined &&
    product?.input.includes(gate.output[0] as string) === true &&
    Math.abs(floatOf(gate, 'alpha', 0.2) - 1 / 6) < 1e-6 &&
    floatOf(gate, 'beta', 0.5) === 0.5
  );
}
