import { foldFollowingAffines, foldPrecedingAffines } from './affine.ts';
import { enlargeLast } from './enlarging-head.ts';
import { gateWeights, mergeResidualGates } from './gates.ts';
import { type Graph, graphOf, withGraph } from './graph.ts';
import { fuseHardSwish } from './hard-swish.ts';
import { convolveBeforeJoining } from './joined.ts';
import { decodeModel, encodeModel } from './proto.ts';
import { beginInStrips } from './strips.ts';
import { convolveBeforeAdding } from './summed.ts';
import { foldNormalisations } from './transposed.ts';
import { withoutUnused } from './wiring.ts';

const RULES: readonly ((graph: Graph) => Graph)[] = [
  fuseHardSwish,
  foldFollowingAffines,
  foldPrecedingAffines,
  mergeResidualGates,
  gateWeights,
  foldNormalisations,
  convolveBeforeJoining,
  convolveBeforeAdding,
  enlargeLast,
  withoutUnused,
  beginInStrips,
];

/**
 * The same model in a form that onnxruntime runs faster and in less memory; its outputs differ by rounding only.
 *
 * PP-OCRv4's exported graphs carry up to eight element-wise nodes on scalars after almost every convolution: a learnable affine
 * (Mul, Add), hard-swish spelt out (Add 3, Clip 0..6, Mul, Div 6), another affine. Onnxruntime 1.30 leaves them as they are and
 * falls out of its blocked convolution layout at each scalar Add. Rewritten, recognition of a 48x320 line took 1.4x less time and
 * detection of 960x960 1.3x less.
 *
 * The neck and the end of detection took 170 of its 275 ms: there sums of enlarged maps are convolved. The rules for gates, joined and summed maps
 * and transposed convolutions convolve each part where it is small, which took a quarter off the time of detection as a whole (1472x1056 and
 * 640x448 alike), and the strips halve its memory (219 > 108 MiB at 1472x1056). Its probabilities differ from the published model's by up to 3e-5,
 * with those rules and without.
 *
 * It takes about 0.2 s, so it is done at each start of a service and no second file has to be kept.
 *
 * @throws AppError `models_unavailable` when the bytes are no ONNX model
 */
export function rewriteModel(bytes: Uint8Array): Uint8Array {
  const model = decodeModel(bytes);
  const graph = RULES.reduce((current, rule) => rule(current), graphOf(model));
  return encodeModel(withGraph(model, graph));
}
