import { type Graph, type GraphNode, type IntegerConstant, intsOf } from './graph.ts';
import { type ModelProto, toNumber } from './proto.ts';

/** The operator set that brought QLinearConv and QuantizeLinear. */
const WITH_INTEGERS = 10;
/** From this set to that one only Slice changes, of what exported text models use. */
const LEAST = 9;

/** Onnxruntime's own operators: matrix products that give floats, quantisation per channel. */
export const CONTRIBUTED = 'com.microsoft';

/** Whether a model's operators may be mixed with those on integers, once `withIntegerOperators` has been over it. */
export function takesIntegers(model: ModelProto): boolean {
  return versionOf(model) >= LEAST;
}

/** The model and its graph in an operator set that knows integers: the bounds of a Slice, attributes in set 9, become inputs. */
export function withIntegerOperators(model: ModelProto, graph: Graph): { model: ModelProto; graph: Graph } {
  const version = versionOf(model);
  const opsetImport = [
    { domain: '', version: Math.max(version, WITH_INTEGERS) },
    ...model.opsetImport.filter(({ domain }) => domain !== '' && domain !== CONTRIBUTED),
    { domain: CONTRIBUTED, version: 1 },
  ];
  const changed = { ...model, opsetImport };
  return { model: changed, graph: version >= WITH_INTEGERS ? graph : withSliceInputs(graph) };
}

function versionOf(model: ModelProto): number {
  const standard = model.opsetImport.find(({ domain }) => domain === '' || domain === 'ai.onnx');
  return standard === undefined ? 0 : toNumber(standard.version);
}

function withSliceInputs(graph: Graph): Graph {
  const integers = new Map<string, IntegerConstant>(graph.integers);
  const nodes = graph.nodes.map((node): GraphNode => {
    if (node.opType !== 'Slice') return node;
    const starts = intsOf(node, 'starts', []);
    const axes = intsOf(
      node,
      'axes',
      starts.map((_, axis) => axis),
    );
    const bounds = Object.entries({ starts, ends: intsOf(node, 'ends', []), axes }).map(([key, values]) => {
      const name = `${node.output[0]}.${key}`;
      integers.set(name, { dims: [values.length], data: BigInt64Array.from(values, BigInt) });
      return name;
    });
    return { ...node, input: [node.input[0] as string, ...bounds], attribute: [] };
  });
  return { ...graph, nodes, integers };
}
