import { AppError } from '@docusnap/contracts';
import { type Graph, intsOf } from './graph.ts';
import { integerProduct, transposed } from './integer-product.ts';
import type { Ranges } from './ranges.ts';
import { soleUser, wiringOf } from './wiring.ts';

/** The last matrix product, from features [1, features, steps] turned round to classes [1, steps, classes], on integers, with the bias after it. */
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
  const made = integerProduct({
    name,
    input: turn.input[0] as string,
    range,
    turn: intsOf(turn, 'perm', []),
    weights: transposed(weight.data, features, classes),
    bias: bias.data,
    output: add.output[0] as string,
  });
  return {
    ...graph,
    nodes: graph.nodes.flatMap((node) => (node === add ? made.nodes : node === product || node === turn ? [] : [node])),
    constants: new Map([...graph.constants, ...made.constants]),
    integers: new Map([...(graph.integers ?? []), ...made.integers]),
  };
}
