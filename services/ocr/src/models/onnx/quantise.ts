import { graphOf, withGraph } from './graph.ts';
import { takesIntegers, withIntegerOperators } from './operator-set.ts';
import { decodeModel, encodeModel } from './proto.ts';
import { quantiseConvolutions } from './quantise-convolutions.ts';
import { quantiseHead } from './quantise-head.ts';
import type { Ranges } from './ranges.ts';

/**
 * The same model with its wide 1x1 convolutions and the matrix product of its classes on eight-bit integers. Everything else stays in floats:
 * narrower and depthwise convolutions gain less than turning floats to bytes and back costs.
 *
 * Takes a model from `rewriteModel`. A recognition of 48x320 took 1.7 times less time on a processor with AVX-512 VNNI; without such
 * instructions it may take more, and some overflow, so ask `measurePrecision` first.
 *
 * @throws AppError `models_unavailable` when the bytes are no ONNX model or the ranges are those of another
 */
export function quantiseModel(bytes: Uint8Array, ranges: Ranges): Uint8Array {
  const decoded = decodeModel(bytes);
  if (!takesIntegers(decoded)) return bytes;
  const { model, graph } = withIntegerOperators(decoded, graphOf(decoded));
  return encodeModel(withGraph(model, quantiseHead(quantiseConvolutions(graph, ranges.convolutions), ranges.head)));
}
