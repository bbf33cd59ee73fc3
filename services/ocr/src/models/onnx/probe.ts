import { graphOf, intsAttribute, withGraph } from './graph.ts';
import { withIntegerOperators } from './operator-set.ts';
import { encodeModel, FLOAT, type ModelProto, type NodeProto } from './proto.ts';
import { quantiseConvolutions } from './quantise-convolutions.ts';

/** The convolution that a line of 48x320 meets four times in PP-OCRv4's recogniser: [1, 240, 12, 80] to as many channels. */
const CHANNELS = 240;
export const PROBE_DIMS = [1, CHANNELS, 12, 80];

/** Value of every input, and, as each weight is 1 / CHANNELS, of every output. */
export const PROBE_VALUE = 1;

/**
 * One wide 1x1 convolution as a model of its own, on floats and on integers. Its bytes and weights are all near their greatest, so that a
 * processor whose instructions add two products in 16 bits (AVX2 without VNNI) shows it by an output of about a half.
 */
export function probeModels(): { float: Uint8Array; integer: Uint8Array } {
  const model = convolutionModel();
  const channels = (value: number): number[] => Array.from({ length: CHANNELS }, () => value);
  const integer = withIntegerOperators(model, graphOf(model));
  const ranges = { y: { low: channels(0), high: channels(PROBE_VALUE), mean: channels(0) } };
  return {
    float: encodeModel(model),
    integer: encodeModel(withGraph(integer.model, quantiseConvolutions(integer.graph, ranges))),
  };
}

function convolutionModel(): ModelProto {
  const weights = new Float32Array(CHANNELS * CHANNELS).fill(1 / CHANNELS);
  const node: NodeProto = {
    name: 'y',
    opType: 'Conv',
    input: ['x', 'w'],
    output: ['y'],
    attribute: [intsAttribute('kernel_shape', [1, 1])],
  };
  // A tensor of floats with any dimensions.
  const type = Uint8Array.of(0x0a, 2, 0x08, FLOAT);
  const dims = [CHANNELS, CHANNELS, 1, 1];
  const model = {
    irVersion: 7,
    opsetImport: [{ domain: '', version: 10 }],
    graph: {
      name: 'probe',
      node: [node],
      initializer: [{ name: 'w', dims, dataType: FLOAT, floatData: [], rawData: new Uint8Array(weights.buffer) }],
      input: [{ name: 'x', type }],
      output: [{ name: 'y', type }],
    },
  };
  return model as ModelProto;
}
