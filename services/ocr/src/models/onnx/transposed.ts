import { enlargementOf } from './enlarged.ts';
import { type Constant, floatOf, type Graph, type GraphNode, intOf } from './graph.ts';
import { type Makers, makersOf, soleUser, wiringOf } from './wiring.ts';

/** ONNX's default of the attribute `epsilon` of BatchNormalization. */
const EPSILON = 1e-5;

/**
 * A shift of each channel or a batch normalisation right after a transposed convolution goes into its weights and bias, and a batch normalisation
 * right after a plain one over joined maps that were enlarged, which is to be divided. Onnxruntime 1.30 does so for plain ones only, and later.
 * Repeated until none is left.
 */
export function foldNormalisations(graph: Graph): Graph {
  for (let current = graph; ; ) {
    const next = foldOne(current);
    if (!next) return current;
    current = next;
  }
}

/** y = x * factor + shift, by channel. */
interface Step {
  readonly factor: Float32Array;
  readonly shift: Float32Array;
}

function foldOne(graph: Graph): Graph | undefined {
  const wiring = wiringOf(graph.nodes);
  const makers = makersOf(graph);
  for (const conv of graph.nodes) {
    const isTransposed = conv.opType === 'ConvTranspose';
    const weight =
      isTransposed || isOverEnlarged(graph, makers, conv) ? graph.constants.get(conv.input[1] ?? '') : undefined;
    const bias = conv.input[2] === undefined ? undefined : graph.constants.get(conv.input[2]);
    if (!weight || (isTransposed && intOf(conv, 'group', 1) !== 1) || (conv.input[2] !== undefined && !bias)) continue;
    const axis = isTransposed ? 1 : 0;
    const channels = weight.dims[axis] as number;
    const next = soleUser(graph, wiring, conv.output[0] as string);
    const shift = next && isTransposed ? shiftOf(graph, next, conv, channels) : undefined;
    const step = next && (shift ?? normalisationOf(graph, next, conv, channels));
    if (!next || !step) continue;
    const name = next.output[0] as string;
    const before = bias?.data ?? new Float32Array(channels);
    const merged = {
      ...conv,
      input: [conv.input[0] as string, `${name}.folded.w`, `${name}.folded.b`],
      output: [name],
    };
    return {
      ...graph,
      constants: new Map(graph.constants)
        .set(`${name}.folded.w`, scaledOutputs(weight, step.factor, axis))
        .set(`${name}.folded.b`, {
          dims: [channels],
          data: before.map((value, channel) => value * step.factor[channel]! + step.shift[channel]!),
        }),
      nodes: graph.nodes.flatMap((node) => (node === conv ? [merged] : node === next ? [] : [node])),
    };
  }
  return undefined;
}

function isOverEnlarged(graph: Graph, makers: Makers, conv: GraphNode): boolean {
  const join = conv.opType === 'Conv' ? makers.get(conv.input[0] as string) : undefined;
  return join?.opType === 'Concat' && join.input.some((name) => enlargementOf(graph, makers.get(name)) !== undefined);
}

function shiftOf(graph: Graph, add: GraphNode, conv: GraphNode, channels: number): Step | undefined {
  if (add.opType !== 'Add') return undefined;
  const shift = graph.constants.get(add.input.find((name) => name !== conv.output[0]) ?? '');
  const byChannel = shift?.dims.length === 4 && shift.dims[1] === channels && shift.data.length === channels;
  return byChannel ? { factor: new Float32Array(channels).fill(1), shift: shift.data } : undefined;
}

function normalisationOf(graph: Graph, norm: GraphNode, conv: GraphNode, channels: number): Step | undefined {
  if (norm.opType !== 'BatchNormalization' || norm.input[0] !== conv.output[0]) return undefined;
  const [scale, offset, mean, variance] = norm.input.slice(1).map((name) => graph.constants.get(name)?.data);
  if (scale?.length !== channels || !offset || !mean || !variance) return undefined;
  const epsilon = floatOf(norm, 'epsilon', EPSILON);
  const factor = scale.map((value, channel) => value / Math.sqrt(variance[channel]! + epsilon));
  return { factor, shift: offset.map((value, channel) => value - mean[channel]! * factor[channel]!) };
}

/** @param axis of the outputs: [in, out, height, width] for a transposed convolution, [out, in, height, width] for a plain one */
function scaledOutputs({ dims, data }: Constant, factor: Float32Array, axis: number): Constant {
  const outputs = dims[axis] as number;
  const size = dims.slice(axis + 1).reduce((product, side) => product * side, 1);
  return { dims, data: data.map((value, index) => value * factor[Math.floor(index / size) % outputs]!) };
}
