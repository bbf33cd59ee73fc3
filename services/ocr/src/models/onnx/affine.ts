import { type Constant, type Graph, type GraphNode, intAttribute, intOf, intsAttribute, intsOf } from './graph.ts';
import { scalarOperand, scalarStep, soleUser, type Wiring, wiringOf } from './wiring.ts';

/** A multiplication or addition of a scalar right after a convolution goes into its weights and bias. Repeated until none is left. */
export function foldFollowingAffines(graph: Graph): Graph {
  for (let current = graph; ; ) {
    const next = foldOneFollowing(current);
    if (!next) return current;
    current = next;
  }
}

/**
 * A scalar affine x * scale + shift whose only users are convolutions goes into them: the scale into the weights; the shift into the
 * bias where nothing is padded (a padded border would not have been shifted), else it stays as a depthwise 1x1 convolution, which
 * unlike a scalar Add keeps onnxruntime's blocked layout.
 */
export function foldPrecedingAffines(graph: Graph): Graph {
  for (let current = graph; ; ) {
    const next = foldOnePreceding(current);
    if (!next) return current;
    current = next;
  }
}

function foldOneFollowing(graph: Graph): Graph | undefined {
  const wiring = wiringOf(graph.nodes);
  for (const conv of graph.nodes) {
    const weight = weightOf(graph, conv);
    if (!weight) continue;
    const out = conv.output[0] as string;
    const step = soleUser(graph, wiring, out);
    const factor = scalarStep(graph, step, 'Mul', out);
    const shift = scalarStep(graph, step, 'Add', out);
    if (!step || (factor === undefined && shift === undefined)) continue;
    const folded = withWeights(
      graph,
      conv,
      scaled(weight, factor ?? 1),
      affine(biasOf(graph, conv, weight), factor ?? 1, shift ?? 0),
    );
    const merged = { ...folded.node, output: step.output };
    return {
      ...graph,
      constants: folded.constants,
      nodes: graph.nodes.flatMap((n) => (n === conv ? [merged] : n === step ? [] : [n])),
    };
  }
  return undefined;
}

interface Affine {
  readonly x: string;
  readonly mul: GraphNode;
  readonly add: GraphNode;
  readonly scale: number;
  readonly shift: number;
  readonly users: readonly GraphNode[];
}

function foldOnePreceding(graph: Graph): Graph | undefined {
  const wiring = wiringOf(graph.nodes);
  for (const mul of graph.nodes) {
    const found = mul.opType === 'Mul' ? affineBeforeConvolutions(graph, wiring, mul) : undefined;
    if (found) return foldIntoUsers(graph, found);
  }
  return undefined;
}

function affineBeforeConvolutions(graph: Graph, wiring: Wiring, mul: GraphNode): Affine | undefined {
  const scale = scalarOperand(graph, mul);
  const product = mul.output[0] as string;
  const add = soleUser(graph, wiring, product);
  const shift = scalarStep(graph, add, 'Add', product);
  // A scale of zero could not be undone by shift / scale, and would make the convolution a constant.
  if (!scale || scale.value === 0 || !add || shift === undefined) return undefined;
  const out = add.output[0] as string;
  const users = wiring.users.get(out) ?? [];
  const foldable =
    users.length > 0 && !graph.outputs.has(out) && users.every((u) => u.input[0] === out && weightOf(graph, u));
  return foldable ? { x: scale.other, mul, add, scale: scale.value, shift, users } : undefined;
}

function foldIntoUsers(graph: Graph, { x, mul, add, scale, shift, users }: Affine): Graph {
  const unpadded = users.every((user) => intsOf(user, 'pads', []).every((pad) => pad === 0) && !isAutoPadded(user));
  let constants = graph.constants;
  const replaced = new Map<GraphNode, readonly GraphNode[]>([[mul, []]]);
  for (const user of users) {
    const weight = weightOf(graph, user) as Constant;
    const bias = biasOf(graph, user, weight);
    const folded = withWeights(
      { ...graph, constants },
      user,
      scaled(weight, scale),
      unpadded ? shiftedBias(bias, weight, shift) : bias,
    );
    constants = folded.constants;
    replaced.set(user, [unpadded ? { ...folded.node, input: [x, ...folded.node.input.slice(1)] } : folded.node]);
  }
  const shifted = unpadded
    ? undefined
    : shiftConvolution({ ...graph, constants }, x, add, channelsOf(graph, users[0] as GraphNode), shift / scale);
  replaced.set(add, shifted ? [shifted.node] : []);
  return {
    ...graph,
    constants: shifted?.constants ?? constants,
    nodes: graph.nodes.flatMap((n) => replaced.get(n) ?? [n]),
  };
}

/** y = x + shift for each channel, as a depthwise 1x1 convolution of weight 1 and bias `shift`. */
function shiftConvolution(graph: Graph, x: string, add: GraphNode, channels: number, shift: number) {
  const name = `${add.output[0]}.shift`;
  const constants = new Map(graph.constants)
    .set(`${name}.w`, { dims: [channels, 1, 1, 1], data: new Float32Array(channels).fill(1) })
    .set(`${name}.b`, { dims: [channels], data: new Float32Array(channels).fill(shift) });
  const attribute = [intAttribute('group', channels), intsAttribute('kernel_shape', [1, 1])];
  return { constants, node: { opType: 'Conv', input: [x, `${name}.w`, `${name}.b`], output: add.output, attribute } };
}

/** Weights of a convolution, [out, in / group, height, width], when they are constant. */
function weightOf(graph: Graph, node: GraphNode): Constant | undefined {
  if (node.opType !== 'Conv') return undefined;
  const [, weight, bias] = node.input;
  return bias === undefined || graph.constants.has(bias) ? graph.constants.get(weight as string) : undefined;
}

function biasOf(graph: Graph, conv: GraphNode, weight: Constant): Constant {
  const channels = weight.dims[0] as number;
  const bias = conv.input[2];
  return (bias && graph.constants.get(bias)) || { dims: [channels], data: new Float32Array(channels) };
}

function channelsOf(graph: Graph, conv: GraphNode): number {
  return ((graph.constants.get(conv.input[1] as string) as Constant).dims[1] as number) * intOf(conv, 'group', 1);
}

const isAutoPadded = (conv: GraphNode): boolean => conv.attribute.some((a) => a.name === 'auto_pad');

const affine = (c: Constant, factor: number, shift: number): Constant => ({
  dims: c.dims,
  data: c.data.map((v) => v * factor + shift),
});
const scaled = (c: Constant, factor: number): Constant => affine(c, factor, 0);

/** bias + shift * (sum of the weights of each output channel): what a constant added to every input adds to every output. */
function shiftedBias(bias: Constant, weight: Constant, shift: number): Constant {
  const each = weight.data.length / bias.data.length;
  const data = bias.data.map((b, channel) => {
    let sum = 0;
    for (let i = channel * each; i < (channel + 1) * each; i++) sum += weight.data[i] as number;
    return b + shift * sum;
  });
  return { dims: bias.dims, data };
}

/** The convolution with new constants of its own: a weight may be shared with another node, which must keep what it has. */
function withWeights(graph: Graph, conv: GraphNode, weight: Constant, bias: Constant) {
  const name = `${conv.output[0]}.folded`;
  const fresh = (suffix: string): string =>
    graph.constants.has(`${name}.${suffix}`) ? fresh(`${suffix}'`) : `${name}.${suffix}`;
  const [w, b] = [fresh('w'), fresh('b')];
  const constants = new Map(graph.constants).set(w, weight).set(b, bias);
  return { constants, node: { ...conv, input: [conv.input[0] as string, w, b] } };
}
