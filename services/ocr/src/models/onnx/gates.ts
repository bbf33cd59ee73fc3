import { type Constant, type Graph, type GraphNode, intOf, intsAttribute, intsOf } from './graph.ts';
import { type Makers, makersOf, soleUser, type Wiring, wiringOf } from './wiring.ts';

/**
 * Gates are a factor a channel, [1, channels, 1, 1], made from the averages of a map: squeeze and excitation. The neck of PP-OCRv4's detection
 * has eight, four of them over maps of 96 channels at a quarter of the page's size, which are the largest of the second half of the graph.
 */

/** What lies between an average and the gate made of it. */
const BETWEEN = new Set(['Conv', 'Relu', 'HardSigmoid', 'Sigmoid', 'Add']);
const POOL = 'GlobalAveragePool';

/** x + x * gate becomes x * (gate + 1): one map less to be written and to be held. */
export function mergeResidualGates(graph: Graph): Graph {
  const wiring = wiringOf(graph.nodes);
  const makers = makersOf(graph);
  const constants = new Map(graph.constants);
  const replaced = new Map<GraphNode, readonly GraphNode[]>();
  for (const mul of graph.nodes) {
    const gated = mul.opType === 'Mul' ? gatedBy(makers, mul) : undefined;
    const add = gated && soleUser(graph, wiring, mul.output[0] as string);
    if (add?.opType !== 'Add' || !add.input.includes(gated!.x)) continue;
    const gate = `${add.output[0]}.gate`;
    constants.set(`${gate}.one`, { dims: [1], data: Float32Array.of(1) });
    const more = { opType: 'Add', input: [gated!.gate, `${gate}.one`], output: [gate], attribute: [] };
    replaced.set(mul, []);
    replaced.set(add, [more, { opType: 'Mul', input: [gated!.x, gate], output: add.output, attribute: [] }]);
  }
  return { ...graph, constants, nodes: graph.nodes.flatMap((node) => replaced.get(node) ?? [node]) };
}

/**
 * A gate over what a 1x1 convolution gives goes into that convolution's weights while the graph runs, and is made from the average of its input:
 * such a convolution of averages is the average of its results. The map is then written once, in the order that the rest of the neck takes,
 * instead of three times.
 */
export function gateWeights(graph: Graph): Graph {
  const wiring = wiringOf(graph.nodes);
  const makers = makersOf(graph);
  const replaced = new Map<GraphNode, readonly GraphNode[]>();
  for (const mul of graph.nodes) {
    const found = mul.opType === 'Mul' ? gatedConvolution(graph, wiring, makers, mul) : undefined;
    if (!found) continue;
    const { conv, pool, gate } = found;
    const [z, weight] = conv.input as [string, string];
    const part = (suffix: string): string => `${mul.output[0]}.${suffix}`;
    replaced.set(conv, []);
    replaced.set(pool, [
      { ...pool, input: [z], output: [part('mean')] },
      { ...conv, input: [part('mean'), weight], output: pool.output },
    ]);
    replaced.set(mul, [
      // [1, channels, 1, 1] as [channels, 1, 1, 1].
      {
        opType: 'Transpose',
        input: [gate],
        output: [part('turned')],
        attribute: [intsAttribute('perm', [1, 0, 2, 3])],
      },
      { opType: 'Mul', input: [weight, part('turned')], output: [part('w')], attribute: [] },
      { ...conv, input: [z, part('w')], output: mul.output },
    ]);
  }
  return { ...graph, nodes: graph.nodes.flatMap((node) => replaced.get(node) ?? [node]) };
}

/** The map and the gate of a product of both; undefined for any other product. */
export function gatedBy(
  makers: Makers,
  { input }: GraphNode,
): { x: string; gate: string; pool: GraphNode } | undefined {
  const [a = '', b = ''] = input;
  for (const [x, gate] of [
    [a, b],
    [b, a],
  ] as const) {
    let maker = makers.get(gate);
    while (maker && BETWEEN.has(maker.opType)) maker = makers.get(maker.input[0] as string);
    if (maker?.opType === POOL && maker.input[0] === x) return { x, gate, pool: maker };
  }
  return undefined;
}

function gatedConvolution(graph: Graph, wiring: Wiring, makers: Makers, mul: GraphNode) {
  const gated = gatedBy(makers, mul);
  const conv = gated && makers.get(gated.x);
  if (!conv || !isBarePointwise(graph, conv) || graph.outputs.has(gated.x)) return undefined;
  const users = wiring.users.get(gated.x) ?? [];
  return users.length === 2 && users.includes(gated.pool) && users.includes(mul) ? { conv, ...gated } : undefined;
}

/** A 1x1 convolution at each place, of all channels, without a bias. */
export function isBarePointwise(graph: Graph, node: GraphNode): boolean {
  const weight: Constant | undefined = graph.constants.get(node.input[1] ?? '');
  return (
    node.opType === 'Conv' &&
    node.input.length === 2 &&
    weight?.dims.slice(2).every((size) => size === 1) === true &&
    intOf(node, 'group', 1) === 1 &&
    intsOf(node, 'strides', [1]).every((stride) => stride === 1) &&
    intsOf(node, 'pads', [0]).every((pad) => pad === 0)
  );
}
