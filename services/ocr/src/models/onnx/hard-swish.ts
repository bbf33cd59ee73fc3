import { floatAttribute, floatOf, type Graph, type GraphNode } from './graph.ts';
import { scalarOperand, scalarStep, soleUser, type Wiring, wiringOf } from './wiring.ts';

/**
 * x * clip(x + 3, 0, 6) / 6, spelt out as Add, Clip, Mul, Div, becomes HardSigmoid(1/6, 0.5) and Mul: the pair that onnxruntime
 * 1.30 knows and fuses into the convolution before it.
 */
export function fuseHardSwish(graph: Graph): Graph {
  const wiring = wiringOf(graph.nodes);
  const replaced = new Map<GraphNode, readonly GraphNode[]>();
  for (const add of graph.nodes) {
    const found = add.opType === 'Add' ? hardSwishFrom(graph, wiring, add) : undefined;
    if (!found) continue;
    const gate = `${found.div.output[0]}.gate`;
    const sigmoid = {
      opType: 'HardSigmoid',
      input: [found.x],
      output: [gate],
      attribute: [floatAttribute('alpha', 1 / 6), floatAttribute('beta', 0.5)],
    };
    const mul = { opType: 'Mul', input: [found.x, gate], output: found.div.output, attribute: [] };
    for (const dead of [add, found.clip, found.mul]) replaced.set(dead, []);
    replaced.set(found.div, [sigmoid, mul]);
  }
  return { ...graph, nodes: graph.nodes.flatMap((node) => replaced.get(node) ?? [node]) };
}

function hardSwishFrom(graph: Graph, wiring: Wiring, add: GraphNode) {
  const plus = scalarOperand(graph, add);
  if (plus?.value !== 3) return undefined;
  const clip = soleUser(graph, wiring, add.output[0] as string);
  if (clip?.opType !== 'Clip' || !clipsZeroToSix(graph, clip)) return undefined;
  const clipped = clip.output[0] as string;
  const mul = soleUser(graph, wiring, clipped);
  if (mul?.opType !== 'Mul' || !mul.input.includes(plus.other) || !mul.input.includes(clipped)) return undefined;
  const product = mul.output[0] as string;
  const div = soleUser(graph, wiring, product);
  // A division the other way round, 6 / x, has the scalar first.
  if (!div || scalarStep(graph, div, 'Div', product) !== 6 || div.input[0] !== product) return undefined;
  return { x: plus.other, clip, mul, div };
}

/** The bounds are inputs since operator set 11 and were attributes before. */
function clipsZeroToSix(graph: Graph, clip: GraphNode): boolean {
  const [, low, high] = clip.input;
  if (low && high) return graph.constants.get(low)?.data[0] === 0 && graph.constants.get(high)?.data[0] === 6;
  return floatOf(clip, 'min', Number.NaN) === 0 && floatOf(clip, 'max', Number.NaN) === 6;
}
