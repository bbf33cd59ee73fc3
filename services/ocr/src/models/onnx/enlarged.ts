import {
  type Constant,
  type Graph,
  type GraphNode,
  type IntegerConstant,
  intAttribute,
  intOf,
  intsAttribute,
  intsOf,
  textAttribute,
  textOf,
} from './graph.ts';
import type { Makers } from './wiring.ts';

/** Side of the kernels that the rules for enlarged maps take apart. */
const SIDE = 3;
/** Rows, and columns, that a pixel of a doubled map comes from. */
const DOUBLE = 2;

/** Nodes in place of one, and the constants that they use. */
export interface Made {
  readonly nodes: readonly GraphNode[];
  readonly constants: readonly (readonly [string, Constant])[];
  readonly integers: readonly (readonly [string, IntegerConstant])[];
}

/** The graph with what `make` gives in place of each node that it gives something for. */
export function replaceEach(graph: Graph, make: (node: GraphNode) => Made | undefined): Graph {
  const constants = new Map(graph.constants);
  const integers = new Map(graph.integers);
  const nodes = graph.nodes.flatMap((node) => {
    const made = make(node);
    for (const [name, constant] of made?.constants ?? []) constants.set(name, constant);
    for (const [name, constant] of made?.integers ?? []) integers.set(name, constant);
    return made?.nodes ?? [node];
  });
  return { ...graph, nodes, constants, integers };
}

/** How often the rows and columns of a map are repeated by a node that does nothing else; undefined for all other nodes. */
export function enlargementOf(graph: Graph, node: GraphNode | undefined): number | undefined {
  if (node?.opType !== 'Resize' || node.input.length !== 3) return undefined;
  const isRepeated =
    textOf(node, 'mode', 'nearest') === 'nearest' &&
    textOf(node, 'coordinate_transformation_mode', 'half_pixel') === 'asymmetric' &&
    textOf(node, 'nearest_mode', 'round_prefer_floor') === 'floor';
  const [batch, channels, rows, columns, ...more] = graph.constants.get(node.input[2] as string)?.data ?? [];
  if (!isRepeated || batch !== 1 || channels !== 1 || rows !== columns || more.length > 0) return undefined;
  return rows !== undefined && Number.isInteger(rows) && rows > 1 ? rows : undefined;
}

/** The weights of a 3x3 convolution that gives a map as large as its input's; undefined for all other nodes. */
export function kernelOf(graph: Graph, node: GraphNode): Constant | undefined {
  const weight = node.opType === 'Conv' ? graph.constants.get(node.input[1] ?? '') : undefined;
  const isPlain =
    weight?.dims.length === 4 &&
    weight.dims[2] === SIDE &&
    weight.dims[3] === SIDE &&
    intOf(node, 'group', 1) === 1 &&
    intsOf(node, 'pads', [0]).every((pad) => pad === 1) &&
    intsOf(node, 'strides', [1]).every((stride) => stride === 1) &&
    intsOf(node, 'dilations', [1]).every((dilation) => dilation === 1) &&
    node.attribute.every(({ name }) => name !== 'auto_pad');
  return isPlain ? weight : undefined;
}

/** How many channels a map has that a convolution gives, gated, activated or enlarged since or not; undefined where it cannot be told. */
export function channelsOf(graph: Graph, makers: Makers, name: string): number | undefined {
  const maker = makers.get(name);
  if (maker?.opType === 'Conv') return graph.constants.get(maker.input[1] ?? '')?.dims[0];
  const keeps = ['Mul', 'Relu', 'Resize'].includes(maker?.opType ?? '');
  return keeps ? channelsOf(graph, makers, maker?.input[0] as string) : undefined;
}

/**
 * A 3x3 convolution of a map whose rows and columns were doubled, without doubling them: of the nine pixels that it looks at, some are the same,
 * so that four, with weights that are sums, do. Which, differs between the four pixels that come of one: each has kernels of its own. Their
 * outputs, one more a side than there are pixels, then become rows and columns, of which the first and the last lie outside.
 *
 * @param name of the result; what lies between is named after it
 * @param input the map before it is doubled
 * @param weight [outputs, inputs, 3, 3]
 */
export function convolveDoubled(name: string, input: string, weight: Constant): Made {
  const between = (suffix: string): string => `${name}.${suffix}`;
  const bounds = [between('first'), between('last'), between('axes')] as const;
  const [first, last, axes] = bounds;
  return {
    nodes: [
      {
        opType: 'Conv',
        input: [input, between('quarters.w')],
        output: [between('quarters')],
        attribute: [intsAttribute('kernel_shape', [DOUBLE, DOUBLE]), intsAttribute('pads', [1, 1, 1, 1])],
      },
      {
        opType: 'DepthToSpace',
        input: [between('quarters')],
        output: [between('framed')],
        attribute: [intAttribute('blocksize', DOUBLE), textAttribute('mode', 'CRD')],
      },
      { opType: 'Slice', input: [between('framed'), ...bounds], output: [name], attribute: [] },
    ],
    constants: [[between('quarters.w'), quartersOf(weight)]],
    integers: [
      [first, { dims: [2], data: BigInt64Array.of(1n, 1n) }],
      [last, { dims: [2], data: BigInt64Array.of(-1n, -1n) }],
      [axes, { dims: [2], data: BigInt64Array.of(2n, 3n) }],
    ],
  };
}

/**
 * Weights [outputs * 4, inputs, 2, 2] of the four pixels, upper left, upper right, lower left, lower right of the block that an output becomes.
 * The blocks begin a row and a column before the map does: their first row is the second of a pixel's two.
 */
function quartersOf({ dims, data }: Constant): Constant {
  const [outputs = 0, inputs = 0] = dims;
  const quarters = new Float32Array(outputs * DOUBLE * DOUBLE * inputs * DOUBLE * DOUBLE);
  const tapOf = (place: number, at: number): number => (at + place >= DOUBLE ? 1 : 0);
  for (let output = 0; output < outputs; output += 1) {
    for (let input = 0; input < inputs; input += 1) {
      for (let at = 0; at < SIDE * SIDE; at += 1) {
        const weight = data[(output * inputs + input) * SIDE * SIDE + at]!;
        const [row, column] = [Math.floor(at / SIDE), at % SIDE];
        for (let quarter = 0; quarter < DOUBLE * DOUBLE; quarter += 1) {
          const tapRow = tapOf(quarter >> 1, row);
          const tapColumn = tapOf(quarter & 1, column);
          const kernel = (output * DOUBLE * DOUBLE + quarter) * inputs + input;
          quarters[(kernel * DOUBLE + tapRow) * DOUBLE + tapColumn]! += weight;
        }
      }
    }
  }
  return { dims: [outputs * DOUBLE * DOUBLE, inputs, DOUBLE, DOUBLE], data: quarters };
}
