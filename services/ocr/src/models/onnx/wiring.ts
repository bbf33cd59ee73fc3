import type { Graph, GraphNode } from './graph.ts';

/** Who uses each tensor of a graph, by the tensor's name. */
export interface Wiring {
  readonly users: ReadonlyMap<string, readonly GraphNode[]>;
}

export function wiringOf(nodes: readonly GraphNode[]): Wiring {
  const users = new Map<string, GraphNode[]>();
  for (const node of nodes) {
    for (const name of node.input) users.set(name, [...(users.get(name) ?? []), node]);
  }
  return { users };
}

/** Which node gives each tensor, by the tensor's name. */
export type Makers = ReadonlyMap<string, GraphNode>;

export function makersOf({ nodes }: Graph): Makers {
  return new Map(nodes.flatMap((node) => node.output.map((name) => [name, node] as const)));
}

/** The graph without nodes whose results nobody uses. */
export function withoutUnused(graph: Graph): Graph {
  const used = new Set(graph.outputs);
  // From the end: nodes stand after those they use.
  const nodes = graph.nodes.toReversed().filter(({ input, output }) => {
    if (!output.some((name) => used.has(name))) return false;
    for (const name of input) used.add(name);
    return true;
  });
  return { ...graph, nodes: nodes.toReversed() };
}

/** The only user of a tensor that does not leave the graph, else undefined: what may be merged into it. */
export function soleUser(graph: Graph, wiring: Wiring, name: string): GraphNode | undefined {
  const users = wiring.users.get(name) ?? [];
  return users.length === 1 && !graph.outputs.has(name) ? users[0] : undefined;
}

/** A node of two inputs, one of them a scalar constant: that scalar and the name of the other input. */
export function scalarOperand(graph: Graph, node: GraphNode): { value: number; other: string } | undefined {
  if (node.input.length !== 2) return undefined;
  for (const [name, other] of [
    [node.input[1], node.input[0]],
    [node.input[0], node.input[1]],
  ] as [string, string][]) {
    const constant = graph.constants.get(name);
    if (constant?.data.length === 1 && !graph.constants.has(other)) return { value: constant.data[0] as number, other };
  }
  return undefined;
}

/** The same, when the node is of this type and takes this tensor. */
export function scalarStep(
  graph: Graph,
  node: GraphNode | undefined,
  opType: string,
  from: string,
): number | undefined {
  if (node?.opType !== opType) return undefined;
  const operand = scalarOperand(graph, node);
  return operand?.other === from ? operand.value : undefined;
}
