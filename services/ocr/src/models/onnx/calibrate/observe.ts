import type { Session, Tensor } from '@docusnap/engine';
import { InferenceSession, Tensor as OrtTensor } from 'onnxruntime-node';
import { decodeModel, encodeModel, FLOAT, type ModelProto } from '../proto.ts';

/** What each channel of a tensor held so far. */
interface Seen {
  readonly low: Float64Array;
  readonly high: Float64Array;
  readonly sum: Float64Array;
  count: number;
}

export interface Observer {
  /** A recogniser that reads nothing and remembers what its tensors held. */
  readonly session: Session;
  readonly lines: () => number;
  /** Least, greatest and average value of each channel (axis 1) of a tensor. */
  readonly rangeOf: (tensor: string) => { low: number[]; high: number[]; mean: number[] };
}

/** A float model whose tensors [1, channels, ...] of these names are looked at each time it runs. */
export async function observe(model: Uint8Array, tensors: readonly string[]): Promise<Observer> {
  const session = await InferenceSession.create(withOutputs(model, tensors), { intraOpNumThreads: 1 });
  const [input = ''] = session.inputNames;
  const [output = ''] = session.outputNames;
  const seen = new Map<string, Seen>();
  let lines = 0;
  const look = async (line: Tensor): Promise<Tensor> => {
    const outputs = await session.run({ [input]: new OrtTensor('float32', line.data, line.dims) });
    for (const name of tensors) remember(seen, name, outputs[name] as OrtTensor);
    lines += 1;
    const classes = outputs[output]?.dims[2] ?? 0;
    return { data: new Float32Array(classes).fill(1, 0, 1), dims: [1, 1, classes] };
  };
  return {
    session: {
      inputNames: [input],
      outputNames: [output],
      run: async (inputs) => ({ [output]: await look(inputs[input] as Tensor) }),
    },
    lines: () => lines,
    rangeOf: (name) => {
      const { low, high, sum, count } = seen.get(name) as Seen;
      return { low: [...low], high: [...high], mean: [...sum].map((total) => total / count) };
    },
  };
}

function remember(seen: Map<string, Seen>, name: string, { data, dims }: OrtTensor): void {
  const channels = dims[1] as number;
  const values = data as Float32Array;
  const each = values.length / channels;
  const known: Seen = seen.get(name) ?? {
    low: new Float64Array(channels).fill(Number.POSITIVE_INFINITY),
    high: new Float64Array(channels).fill(Number.NEGATIVE_INFINITY),
    sum: new Float64Array(channels),
    count: 0,
  };
  for (let channel = 0; channel < channels; channel += 1) {
    let [low, high, sum] = [known.low[channel]!, known.high[channel]!, 0];
    for (let index = channel * each; index < (channel + 1) * each; index += 1) {
      const value = values[index]!;
      if (value < low) low = value;
      if (value > high) high = value;
      sum += value;
    }
    known.low[channel] = low;
    known.high[channel] = high;
    known.sum[channel]! += sum;
  }
  known.count += each;
  seen.set(name, known);
}

function withOutputs(bytes: Uint8Array, names: readonly string[]): Uint8Array {
  const model = decodeModel(bytes);
  const output = [...model.graph.output, ...names.map((name) => ({ name, type: Uint8Array.of(0x0a, 2, 0x08, FLOAT) }))];
  return encodeModel({ ...model, graph: { ...model.graph, output } } as ModelProto);
}
