import type { Graph } from '../graph.ts';
import { isPointwise } from '../quantise-convolutions.ts';

/**
 * From this many channels in and out a 1x1 convolution gains on integers what turning floats to bytes and back costs. At 128 the gain is a
 * third of its time, at 64 nothing.
 */
const LEAST_CHANNELS = 128;

/** The 1x1 convolutions worth running on integers. Those of squeeze-and-excite branches, which see one pixel, are narrower than that. */
export function widePointwise(graph: Graph): { input: string; output: string }[] {
  return graph.nodes.flatMap((node) => {
    const weight = graph.constants.get(node.input[1] as string);
    const wide = weight && isPointwise(node, weight) && Math.min(...weight.dims.slice(0, 2)) >= LEAST_CHANNELS;
    return wide ? [{ input: node.input[0] as string, output: node.output[0] as string }] : [];
  });
}

/** The last product, which gives the classes, and the tensor it takes them from: [1, features, steps], before that is turned round. */
export function wideProduct(graph: Graph): { product: string; input: string } {
  const product = graph.nodes.findLast(
    ({ opType, input }) => opType === 'MatMul' && graph.constants.has(input[1] as string),
  );
  const turn = graph.nodes.find(({ opType, output }) => opType === 'Transpose' && output[0] === product?.input[0]);
  if (!product || !turn) throw new Error('The recogniser does not end in a product of turned features.');
  return { product: product.output[0] as string, input: turn.input[0] as string };
}
