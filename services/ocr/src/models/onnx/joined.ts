import { channelsOf, convolveDoubled, enlargementOf, kernelOf, type Made, replaceEach } from './enlarged.ts';
import { gatedBy } from './gates.ts';
import { type Constant, type Graph, type GraphNode, intAttribute, intOf } from './graph.ts';
import { type Makers, makersOf, soleUser, wiringOf } from './wiring.ts';

/** One of the maps that are joined, and which channels of the whole it is. */
interface Part {
  readonly name: string;
  /** Before it was enlarged `factor` times, by `resize`. */
  readonly source: string;
  readonly factor: number;
  readonly resize: GraphNode | undefined;
  readonly from: number;
  readonly to: number;
}

/**
 * A 3x3 convolution of joined maps, of which all but one were enlarged, becomes the sum of two: of the large one, and of the others joined at
 * half its size. A gate over the large one, squeeze and excitation, goes into its weights while the graph runs. In PP-OCR's detection these maps
 * are at a quarter of the page's size; together they were written three times, and convolved at twice the products.
 */
export function convolveBeforeJoining(graph: Graph): Graph {
  const makers = makersOf(graph);
  const wiring = wiringOf(graph.nodes);
  return replaceEach(graph, (conv) => {
    const weight = kernelOf(graph, conv);
    const join = weight && makers.get(conv.input[0] as string);
    if (!weight || join?.opType !== 'Concat' || intOf(join, 'axis', 0) !== 1) return undefined;
    const parts = partsOf(graph, makers, join);
    const large = parts.filter(({ factor }) => factor === 1);
    const small = parts.filter(({ factor }) => factor > 1);
    const isDivided =
      large.length === 1 &&
      small.length > 0 &&
      small.every(({ factor }) => factor % 2 === 0) &&
      parts.at(-1)?.to === weight.dims[1] &&
      soleUser(graph, wiring, join.output[0] as string) === conv;
    return isDivided ? divided(makers, conv, { weight, large: large[0] as Part, small }) : undefined;
  });
}

function partsOf(graph: Graph, makers: Makers, join: GraphNode): Part[] {
  let from = 0;
  return join.input.map((name) => {
    const resize = makers.get(name);
    const factor = enlargementOf(graph, resize);
    const to = from + (channelsOf(graph, makers, name) ?? Number.NaN);
    const part = { name, source: factor ? (resize?.input[0] as string) : name, factor: factor ?? 1, resize, from, to };
    from = to;
    return part;
  });
}

interface Division {
  readonly weight: Constant;
  readonly large: Part;
  readonly small: readonly Part[];
}

function divided(makers: Makers, conv: GraphNode, { weight, large, small }: Division): Made {
  const part = (suffix: string): string => `${conv.output[0]}.${suffix}`;
  const halves = small.map(({ name, source, factor }) => (factor === 2 ? source : `${name}.half`));
  const doubled = convolveDoubled(part('small'), part('halves'), inputsOf(weight, small));
  const mul = makers.get(large.name);
  const gated = mul?.opType === 'Mul' ? gatedBy(makers, mul) : undefined;
  const enlarged = small
    .filter(({ factor }) => factor > 2)
    .map(({ name, source, factor, resize }) => {
      const scales = `${name}.half.scales`;
      const half: GraphNode = {
        ...(resize as GraphNode),
        input: [source, resize?.input[1] as string, scales],
        output: [`${name}.half`],
      };
      const constant: Constant = { dims: [4], data: Float32Array.of(1, 1, factor / 2, factor / 2) };
      return { half, constant: [scales, constant] as const };
    });
  return {
    nodes: [
      ...enlarged.map(({ half }) => half),
      { opType: 'Concat', input: halves, output: [part('halves')], attribute: [intAttribute('axis', 1)] },
      ...doubled.nodes,
      ...(gated
        ? [{ opType: 'Mul', input: [part('large.w'), gated.gate], output: [part('large.gated')], attribute: [] }]
        : []),
      {
        ...conv,
        input: [gated?.x ?? large.name, part(gated ? 'large.gated' : 'large.w'), ...conv.input.slice(2)],
        output: [part('large')],
      },
      { opType: 'Add', input: [part('large'), part('small')], output: conv.output, attribute: [] },
    ],
    constants: [
      ...enlarged.map(({ constant }) => constant),
      ...doubled.constants,
      [part('large.w'), inputsOf(weight, [large])],
    ],
    integers: doubled.integers,
  };
}

/** The weights of some of the inputs of a convolution. */
function inputsOf({ dims, data }: Constant, parts: readonly Part[]): Constant {
  const [outputs = 0, inputs = 0, height = 0, width = 0] = dims;
  const size = height * width;
  const rows = Array.from({ length: outputs }, (_, output) => output * inputs).flatMap((row) =>
    parts.map(({ from, to }) => data.subarray((row + from) * size, (row + to) * size)),
  );
  const taken = parts.reduce((sum, { from, to }) => sum + to - from, 0);
  const chosen = new Float32Array(outputs * taken * size);
  let at = 0;
  for (const row of rows) {
    chosen.set(row, at);
    at += row.length;
  }
  return { dims: [outputs, taken, height, width], data: chosen };
}
