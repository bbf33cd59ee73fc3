import {
  ATTRIBUTE,
  type AttributeProto,
  FLOAT,
  INTEGER,
  type ModelProto,
  type NodeProto,
  type TensorProto,
  toNumber,
} from './proto.ts';

/** A float constant of a graph: weights, biases, scalars. `data` is row-major. */
export interface Constant {
  readonly dims: readonly number[];
  readonly data: Float32Array;
}

/** An integer constant that a rewrite makes: weights in eight bits, zero points, bounds. Those of the file are carried along unseen. */
export interface IntegerConstant {
  readonly dims: readonly number[];
  readonly data: Uint8Array | Int8Array | Int32Array | BigInt64Array;
}

/** A node as a rewrite sees it; names of nodes mean nothing and are made anew. */
export interface GraphNode {
  readonly opType: string;
  readonly input: readonly string[];
  readonly output: readonly string[];
  readonly attribute: readonly AttributeProto[];
  /** Of the operator; ONNX's own where absent. */
  readonly domain?: string;
}

/**
 * A graph as a rewrite sees it: nodes in topological order, every float constant by name (initialisers and Constant nodes alike),
 * and the names that leave the graph. Rewrites return a new graph and leave this one as it is.
 */
export interface Graph {
  readonly nodes: readonly GraphNode[];
  readonly constants: ReadonlyMap<string, Constant>;
  /** The integer constants made by a rewrite. */
  readonly integers?: ReadonlyMap<string, IntegerConstant>;
  readonly outputs: ReadonlySet<string>;
}

/** The whole numbers of an INTS attribute (strides, pads, kernel_shape), or the default. */
export function intsOf(node: GraphNode, name: string, otherwise: readonly number[]): readonly number[] {
  const found = node.attribute.find((a) => a.name === name)?.ints;
  return found?.length ? found.map(toNumber) : otherwise;
}

/** The whole number of an INT attribute (group), or the default. */
export function intOf(node: GraphNode, name: string, otherwise: number): number {
  const found = node.attribute.find((a) => a.name === name);
  return found?.i === undefined ? otherwise : toNumber(found.i);
}

/** The number of a FLOAT attribute, or the default. */
export function floatOf(node: GraphNode, name: string, otherwise: number): number {
  return node.attribute.find((a) => a.name === name)?.f ?? otherwise;
}

/** The text of a STRING attribute, or the default. */
export function textOf(node: GraphNode, name: string, otherwise: string): string {
  const found = node.attribute.find((a) => a.name === name)?.s;
  return found?.length ? Buffer.from(found).toString('latin1') : otherwise;
}

export const textAttribute = (name: string, text: string): AttributeProto => ({
  name,
  type: ATTRIBUTE.STRING,
  s: Buffer.from(text, 'latin1'),
});
export const floatAttribute = (name: string, f: number): AttributeProto => ({ name, type: ATTRIBUTE.FLOAT, f });
export const intAttribute = (name: string, i: number): AttributeProto => ({ name, type: ATTRIBUTE.INT, i });
export const intsAttribute = (name: string, ints: number[]): AttributeProto => ({ name, type: ATTRIBUTE.INTS, ints });

export function graphOf(model: ModelProto): Graph {
  const constants = new Map<string, Constant>();
  const nodes: GraphNode[] = [];
  for (const tensor of model.graph.initializer) {
    if (tensor.dataType === FLOAT) constants.set(tensor.name, constantOf(tensor));
  }
  for (const node of model.graph.node) {
    const tensor = node.opType === 'Constant' ? node.attribute.find((a) => a.name === 'value')?.t : undefined;
    if (tensor?.dataType === FLOAT) constants.set(node.output[0] as string, constantOf(tensor));
    else nodes.push(node);
  }
  return { nodes, constants, outputs: new Set(model.graph.output.map((o) => o.name)) };
}

/** The model with this graph in place of its own; constants that no node uses any more are left out. */
export function withGraph(model: ModelProto, graph: Graph): ModelProto {
  const used = new Set(graph.nodes.flatMap((node) => node.input));
  const floats = [...graph.constants]
    .filter(([name]) => used.has(name))
    .map(([name, constant]) => tensorOf(name, constant));
  const integers = [...(graph.integers ?? [])].map(([name, constant]) => integerTensorOf(name, constant));
  const others = model.graph.initializer.filter((tensor) => tensor.dataType !== FLOAT);
  const node = graph.nodes.map(
    (n, i): NodeProto => ({
      ...n,
      name: `${n.opType}_${i}`,
      input: [...n.input],
      output: [...n.output],
      attribute: [...n.attribute],
    }),
  );
  return { ...model, graph: { ...model.graph, node, initializer: [...others, ...floats, ...integers] } };
}

function constantOf(tensor: TensorProto): Constant {
  const dims = tensor.dims.map(toNumber);
  if (tensor.rawData.length === 0) return { dims, data: Float32Array.from(tensor.floatData) };
  // Copied, because the bytes in the file need not lie on a multiple of four.
  return { dims, data: new Float32Array(new Uint8Array(tensor.rawData).buffer) };
}

function tensorOf(name: string, { dims, data }: Constant): TensorProto {
  const rawData = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return { name, dims: [...dims], dataType: FLOAT, floatData: [], rawData };
}

function integerTensorOf(name: string, { dims, data }: IntegerConstant): TensorProto {
  const rawData = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return { name, dims: [...dims], dataType: elementTypeOf(data), floatData: [], rawData };
}

function elementTypeOf(data: IntegerConstant['data']): number {
  if (data instanceof Uint8Array) return INTEGER.UINT8;
  if (data instanceof Int8Array) return INTEGER.INT8;
  return data instanceof Int32Array ? INTEGER.INT32 : INTEGER.INT64;
}
