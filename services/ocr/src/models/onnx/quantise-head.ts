import { AppError } from '@docusnap/contracts';
import { channelSteps, integerWeights } from './channel-steps.ts';
import type { Graph, GraphNode } from './graph.ts';
import { CONTRIBUTED } from './operator-set.ts';
import { quantiseLinear } from './quantise-convolutions.ts';
import type { Ranges } from './ranges.ts';
import { soleUser, wiringOf } from './wiring.ts';

/**
 * The last matrix product, from features [1, features, steps] turned round to classes [1, steps, classes], on integers, with the bias after
 * it. It gives floats at once, so only its inputs and weights are rounded.
 *
 * Bytes are made before the features are turned round, where each has a row of its own.
 */
export function quantiseHead(graph: Graph, { product: name, input: range }: Ranges['head']): Graph {
  const wiring = wiringOf(graph.nodes);
  const product = graph.nodes.find(({ opType, output }) => opType === 'MatMul' && output[0] === name);
  const turn = graph.nodes.find(({ opType, output }) => opType === 'Transpose' && output[0] === product?.input[0]);
  const add = soleUser(graph, wiring, name);
  const alone = turn && soleUser(graph, wiring, turn.output[0] as string) === product;
  const weight = graph.constants.get(product?.input[1] ?? '');
  const bias = graph.constants.get(add?.input.find((input) => input !== name) ?? '');
  const [features, classes] = weight?.dims ?? [];
  if (
    !product ||
    !turn ||
    !alone ||
    add?.opType !== 'Add' ||
    !weight ||
    !bias ||
    !classes ||
    features !== range.low.length
  ) {
    throw new AppError('models_unavailable', `The stored ranges of "${name}" are not those of this model.`);
  }
  const steps = channelSteps(range);
  const weights = integerWeights(
    { data: transposed(weight.data, features, classes), outputs: classes },
    steps,
    range.mean,
  );
  const part = (suffix: string): string => `${name}.${suffix}`;
  const nodes: GraphNode[] = [
    quantiseLinear(turn.input[0] as string, [part('in.step'), part('in.zero')], part('in')),
    { ...turn, input: [part('in')], output: [part('turned')] },
    {
      opType: 'MatMulIntegerToFloat',
      domain: CONTRIBUTED,
      input: [part('turned'), part('w'), part('one'), part('w.step'), part('zero'), part('w.zero'), part('b')],
      output: add.output,
      attribute: [],
    },
  ];
  return {
    ...graph,
    nodes: graph.nodes.flatMap((node) => (node === add ? nodes : node === product || node === turn ? [] : [node])),
    constants: new Map(graph.constants)
      .set(part('in.step'), { dims: [features], data: steps.step })
      .set(part('one'), { dims: [], data: Float32Array.of(1) })
      .set(part('w.step'), { dims: [classes], data: Float32Array.from(weights.step) })
      .set(part('b'), { dims: [classes], data: bias.data.map((value, index) => value + weights.shift[index]!) }),
    integers: new Map(graph.integers)
      .set(part('in.zero'), { dims: [features], data: steps.zero })
      .set(part('zero'), { dims: [], data: Uint8Array.of(0) })
      .set(part('w'), { dims: [features, classes], data: transposed(weights.data, classes, features) })
      .set(part('w.zero'), { dims: [classes], data: new Int8Array(classes) }),
  };
}

/** [rows, columns] as [columns, rows]. */
function transposed<T extends Float32Array | Int8Array>(data: T, rows: number, columns: number): T {
  const turned = data.slice() as T;
  for (let row = 0; row < rows; row += 1) {
    for (let column = 0; column < columns; column += 1) turned[column * rows + row] = data[row * columns + column]!;
  }
  return turned;
}
