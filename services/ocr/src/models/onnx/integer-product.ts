import { channelSteps, integerWeights } from './channel-steps.ts';
import { type Constant, type GraphNode, type IntegerConstant, intAttribute, intsAttribute } from './graph.ts';
import { CONTRIBUTED } from './operator-set.ts';
import type { InputRange } from './ranges.ts';

/** A product over the channels of a tensor. */
export interface Product {
  /** Begins the names of everything that belongs to it. */
  readonly name: string;
  /** A tensor of floats [1, inputs, ...]. */
  readonly input: string;
  readonly range: InputRange;
  /** The order of its axes that brings the channels to the end. */
  readonly turn: readonly number[];
  /** [outputs, inputs], row-major. */
  readonly weights: Float32Array;
  readonly bias: Float32Array;
  /** A tensor of floats [1, ..., outputs]. */
  readonly output: string;
}

/** Nodes, and the constants they need. */
export interface Made {
  readonly nodes: GraphNode[];
  readonly constants: [string, Constant][];
  readonly integers: [string, IntegerConstant][];
}

/**
 * The product on bytes: floats to bytes, with a step and a zero for each channel, then turned round, then multiplied. Bytes are made first, where each
 * channel has its numbers in a row. The operator knows one step and one zero for all channels: their steps go into the weights and their zeros into
 * the bias. It gives floats at once, so only inputs and weights are rounded.
 */
export function integerProduct({ name, input, range, turn, weights, bias, output }: Product): Made {
  const [inputs, outputs] = [range.low.length, bias.length];
  const steps = channelSteps(range);
  const { data, step, shift } = integerWeights({ data: weights, outputs }, steps, range.mean);
  const part = (suffix: string): string => `${name}.${suffix}`;
  return {
    nodes: [
      {
        // ONNX's own operator has a step for each channel from set 13 on only.
        opType: 'QuantizeLinear',
        domain: CONTRIBUTED,
        input: [input, part('in.step'), part('in.zero')],
        output: [part('in')],
        attribute: [intAttribute('axis', 1)],
      },
      {
        opType: 'Transpose',
        input: [part('in')],
        output: [part('turned')],
        attribute: [intsAttribute('perm', [...turn])],
      },
      {
        opType: 'MatMulIntegerToFloat',
        domain: CONTRIBUTED,
        input: ['turned', 'w', 'one', 'w.step', 'zero', 'w.zero', 'b'].map(part),
        output: [output],
        attribute: [],
      },
    ],
    constants: [
      [part('in.step'), { dims: [inputs], data: steps.step }],
      [part('one'), { dims: [], data: Float32Array.of(1) }],
      [part('w.step'), { dims: [outputs], data: Float32Array.from(step) }],
      [part('b'), { dims: [outputs], data: bias.map((value, index) => value + shift[index]!) }],
    ],
    integers: [
      [part('in.zero'), { dims: [inputs], data: steps.zero }],
      [part('zero'), { dims: [], data: Uint8Array.of(0) }],
      [part('w'), { dims: [inputs, outputs], data: transposed(data, outputs, inputs) }],
      [part('w.zero'), { dims: [outputs], data: new Int8Array(outputs) }],
    ],
  };
}

/** [rows, columns] as [columns, rows]. */
export function transposed<T extends Float32Array | Int8Array>(data: T, rows: number, columns: number): T {
  const turned = data.slice() as T;
  for (let row = 0; row < rows; row += 1) {
    for (let column = 0; column < columns; column += 1) turned[column * rows + row] = data[row * columns + column]!;
  }
  return turned;
}
