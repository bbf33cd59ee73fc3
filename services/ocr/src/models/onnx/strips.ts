import { type Made, replaceEach } from './enlarged.ts';
import { type Graph, type GraphNode, type IntegerConstant, intAttribute, intsOf } from './graph.ts';
import { makersOf } from './wiring.ts';

/**
 * Strips a page is divided into. Two spare 70 MiB of the memory that a page of 1472x1056 takes, four 87, eight 93; and none takes measurably more
 * or less time, for what they compute twice is made up for by maps that the processor's caches hold.
 */
const STRIPS = 4;
/** Strips begin and end with a step of so many pixels, in which sides of pages come: whole pixels of every map here. */
const STEP = 32;
/** Rows of the page that a strip has of its neighbours. */
const OVERLAP = 16;
/** More steps than any page has. */
const MOST_STEPS = 1_000_000;
/** Maps of a page's size divided by this and larger ones are made in strips. */
const LEAST_SHRUNK = 4;

const POINTWISE = new Set(['BatchNormalization', 'HardSigmoid', 'Relu', 'Sigmoid']);

/** A map whose rows come of a few rows of the page. */
interface Local {
  /** Rows of the page for each of its own. */
  readonly factor: number;
  /** Rows of the page, beyond those, that one of its own looks at, above and below. */
  readonly reach: number;
}

/**
 * Detection's first layers, whose maps are the largest, in strips of the page that overlap by what its rows look at: to the bit what they give at
 * once. What is smaller, or looks at the whole map, follows as before. Only of models that give a map as large as the page: recognisers read
 * lines of 48 rows.
 */
export function beginInStrips(graph: Graph): Graph {
  const makers = makersOf(graph);
  const page = graph.nodes.find(({ opType }) => opType === 'Conv')?.input[0];
  const last = graph.nodes.at(-1);
  if (page === undefined || makers.has(page) || graph.constants.has(page) || last?.opType !== 'DepthToSpace')
    return graph;
  const locals = localsFrom(graph, page);
  const first = graph.nodes.filter(({ output }) => locals.has(output[0] as string));
  const others = new Set(graph.nodes.filter((node) => !first.includes(node)).flatMap(({ input }) => input));
  const ends = first
    .map(({ output }) => output[0] as string)
    .filter((name) => others.has(name) || graph.outputs.has(name))
    .map((name) => ({ name, factor: (locals.get(name) as Local).factor }));
  const made = inStrips(page, first, ends);
  const [start] = first;
  return replaceEach(graph, (node) => (node === start ? made : first.includes(node) ? NOTHING : undefined));
}

const NOTHING: Made = { nodes: [], constants: [], integers: [] };

function localsFrom(graph: Graph, page: string): Map<string, Local> {
  const locals = new Map<string, Local>([[page, { factor: 1, reach: 0 }]]);
  for (const node of graph.nodes) {
    const local = localOf(graph, locals, node);
    if (local && local.reach <= OVERLAP) locals.set(node.output[0] as string, local);
  }
  locals.delete(page);
  return locals;
}

function localOf(graph: Graph, locals: ReadonlyMap<string, Local>, node: GraphNode): Local | undefined {
  const from = locals.get(node.input[0] as string);
  if (!from || from.factor > LEAST_SHRUNK) return undefined;
  if (POINTWISE.has(node.opType)) return from;
  if (node.opType === 'Conv') return convolved(graph, node, from);
  const other = node.opType === 'Mul' ? locals.get(node.input[1] as string) : undefined;
  return other?.factor === from.factor ? { ...from, reach: Math.max(from.reach, other.reach) } : undefined;
}

/** Of a convolution with an odd kernel, whose rows stay in line with those of the page. */
function convolved(graph: Graph, node: GraphNode, { factor, reach }: Local): Local | undefined {
  const weight = graph.constants.get(node.input[1] as string);
  const [, , height = 0, width = 0] = weight?.dims ?? [];
  const [stride = 1] = intsOf(node, 'strides', [1]);
  const margin = (height - 1) / 2;
  const isInLine =
    height === width &&
    Number.isInteger(margin) &&
    (stride === 1 || stride === 2) &&
    intsOf(node, 'strides', [1]).every((own) => own === stride) &&
    intsOf(node, 'pads', [0]).every((pad) => pad === margin) &&
    intsOf(node, 'dilations', [1]).every((dilation) => dilation === 1) &&
    node.attribute.every(({ name }) => name !== 'auto_pad');
  return isInLine ? { factor: factor * stride, reach: reach + margin * factor } : undefined;
}

interface End {
  readonly name: string;
  readonly factor: number;
}

function inStrips(page: string, first: readonly GraphNode[], ends: readonly End[]): Made {
  const inner = new Set(first.flatMap(({ output }) => output));
  const bounds = boundsOf(page, ends);
  const strips = Array.from({ length: STRIPS }, (_, strip) => {
    const own = (name: string): string => (name === page || inner.has(name) ? `${name}.strip${strip}` : name);
    const cut = (from: string, to: string, start: string, end: string): GraphNode => ({
      opType: 'Slice',
      input: [from, `${start}${strip}`, `${end}${strip}`, `${page}.rows`],
      output: [to],
      attribute: [],
    });
    return [
      cut(page, own(page), `${page}.start`, `${page}.end`),
      ...first.map((node) => ({ ...node, input: node.input.map(own), output: node.output.map(own) })),
      ...ends.map(({ name }) => cut(own(name), `${own(name)}.cut`, `${name}.start`, `${name}.end`)),
    ];
  });
  return {
    nodes: [
      ...bounds.nodes,
      ...strips.flat(),
      ...ends.map(({ name }) => ({
        opType: 'Concat',
        input: strips.map((_, strip) => `${name}.strip${strip}.cut`),
        output: [name],
        attribute: [intAttribute('axis', 2)],
      })),
    ],
    constants: [],
    integers: bounds.integers,
  };
}

/**
 * Where each strip starts and ends, on the page with its neighbours' rows, and in the maps it gives without them: tensors of one number, named
 * after what is cut. On pages of fewer steps than strips some strips are empty.
 */
function boundsOf(page: string, ends: readonly End[]): Made {
  const numbers = new Map<string, IntegerConstant>();
  const nodes: GraphNode[] = [];
  const part = (name: string): string => `${page}.strips.${name}`;
  const constant = (...values: number[]): string => {
    const name = part(values.join());
    numbers.set(name, { dims: [values.length], data: BigInt64Array.from(values, BigInt) });
    return name;
  };
  const compute = (opType: string, name: string, ...input: string[]): string => {
    nodes.push({ opType, input, output: [part(name)], attribute: [] });
    return part(name);
  };
  const each = (name: string, starts: string, all: string): void => {
    for (const [bound, values] of [
      ['start', starts],
      ['end', all],
    ] as const) {
      const output = Array.from({ length: STRIPS }, (_, strip) => `${name}.${bound}${strip}`);
      nodes.push({ opType: 'Split', input: [values], output, attribute: [intAttribute('axis', 0)] });
    }
  };
  const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index);
  const times = (name: string, values: string, factor: number): string =>
    compute('Mul', name, values, constant(factor));

  const rows = compute('Gather', 'height', compute('Shape', 'shape', page), constant(2));
  const shares = compute('Mul', 'shares', rows, constant(...upTo(STRIPS + 1)));
  // In steps, rounded down; the last strip ends where the page does, wherever that is.
  const whole = [...new Array<number>(STRIPS).fill(0), STEP * STRIPS - 1];
  const rounded = compute('Add', 'shares.rounded', shares, constant(...whole));
  const steps = compute('Div', 'steps', rounded, constant(STEP * STRIPS));
  const from = compute('Gather', 'from', steps, constant(...upTo(STRIPS)));
  const to = compute('Gather', 'to', steps, constant(...upTo(STRIPS + 1).slice(1)));
  // 1 where the strip has rows above it, else 0.
  const most = constant(MOST_STEPS);
  const below = compute('Div', 'below', compute('Add', 'below.more', from, constant(MOST_STEPS - 1)), most);
  const above = times('above', below, OVERLAP);
  each(
    page,
    compute('Sub', 'start', times('from.rows', from, STEP), above),
    compute('Add', 'end', times('to.rows', to, STEP), constant(OVERLAP)),
  );
  const long = compute('Sub', 'long', to, from);
  for (const { name, factor } of ends) {
    const start = times(`${name}.start`, below, OVERLAP / factor);
    each(name, start, compute('Add', `${name}.end`, start, times(`${name}.rows`, long, STEP / factor)));
  }
  numbers.set(`${page}.rows`, { dims: [1], data: BigInt64Array.of(2n) });
  return { nodes, constants: [], integers: [...numbers] };
}
