import { expect } from '@jest/globals';
import * as ort from 'onnxruntime-node';
import { type Constant, intsAttribute } from './graph.ts';
import { decodeModel, encodeModel, FLOAT, type ModelProto, type NodeProto } from './proto.ts';

/** Small models made of a few nodes, for tests of what rewrites them. */

export const OPTIONS = { intraOpNumThreads: 1, interOpNumThreads: 1, logSeverityLevel: 3 } as const;

export async function run(model: Uint8Array, input: ort.Tensor): Promise<Float32Array> {
  const session = await ort.InferenceSession.create(model, OPTIONS);
  const outputs = await session.run({ [session.inputNames[0] as string]: input });
  await session.release();
  return Object.values(outputs)[0]?.data as Float32Array;
}

export function largestDifference(a: Float32Array, b: Float32Array): number {
  expect(a.length).toBe(b.length);
  return a.reduce((most, value, i) => Math.max(most, Math.abs(value - (b[i] as number))), 0);
}

/** Numbers between -2 and 2 that are the same in every run. */
export const numbers = (count: number): Float32Array =>
  Float32Array.from({ length: count }, (_, i) => ((i * 7919) % 401) / 100 - 2);

/** A model of one float input `x` and one float output `y`, operator set 11. */
export function modelOf(
  nodes: readonly [string, string[], string, NodeProto['attribute']?][],
  constants: Record<string, Constant>,
): Uint8Array {
  const floatTensorType = Uint8Array.of(0x0a, 2, 0x08, FLOAT);
  const bytes = (data: Float32Array) => new Uint8Array(data.buffer);
  return encodeModel({
    irVersion: 7,
    opsetImport: [{ domain: '', version: 11 }],
    graph: {
      name: 'test',
      node: nodes.map(([opType, input, output, attribute]) => ({
        name: output,
        opType,
        input,
        output: [output],
        attribute: attribute ?? [],
      })),
      initializer: Object.entries(constants).map(([name, { dims, data }]) => ({
        name,
        dims: [...dims],
        dataType: FLOAT,
        floatData: [],
        rawData: bytes(data),
      })),
      input: [{ name: 'x', type: floatTensorType }],
      output: [{ name: 'y', type: floatTensorType }],
    },
  } as unknown as ModelProto);
}

export const scalar = (value: number): Constant => ({ dims: [1], data: Float32Array.of(value) });
export const weights = (out: number, each: number, size: number): Constant => ({
  dims: [out, each, size, size],
  data: numbers(out * each * size * size),
});
export const operators = (model: Uint8Array): string[] => decodeModel(model).graph.node.map((node) => node.opType);
export const picture = () => new ort.Tensor('float32', numbers(2 * 5 * 5), [1, 2, 5, 5]);
export const padded = [intsAttribute('pads', [1, 1, 1, 1])];

export async function expectSame(model: Uint8Array, rewritten: Uint8Array): Promise<void> {
  expect(largestDifference(await run(model, picture()), await run(rewritten, picture()))).toBeLessThan(1e-4);
}

/** A gate as squeeze and excitation makes it, of what `over` is: [name of the gate, its nodes, its constants]. */
export function gateOver(over: string): { nodes: Parameters<typeof modelOf>[0]; constants: Record<string, Constant> } {
  return {
    nodes: [
      ['GlobalAveragePool', [over], 'mean'],
      ['Conv', ['mean', 'squeeze'], 'few'],
      ['Relu', ['few'], 'some'],
      ['Conv', ['some', 'excite'], 'many'],
      ['HardSigmoid', ['many'], 'gate'],
    ],
    constants: { squeeze: weights(2, 3, 1), excite: weights(3, 2, 1) },
  };
}
