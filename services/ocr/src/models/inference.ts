import type { Tensor } from '@docusnap/engine';
import { InferenceSession, Tensor as OrtTensor } from 'onnxruntime-node';
import type { Provider } from '../provider.ts';

/**
 * Onnxruntime with the options that all sessions have, in as few modules as can be: session threads load this file and hardly more, and each
 * of them has memory of its own for what it loads.
 */

/** Only fatal messages of the runtime's own log: it writes to stderr past ours, and what fails is thrown anyway. */
const FATAL = 4;

/**
 * For each shape that is new cuDNN would try all its algorithms; the memory is what 8 GiB leave beside a display. Not measured, and of these
 * onnxruntime-node 1.30 hands on `deviceId` alone (its binding has no word of the others): until it does, few shapes (`gpu/shapes.ts`) have to be enough.
 */
const CUDA = { name: 'cuda', deviceId: 0, cudnn_conv_algo_search: 'DEFAULT', gpu_mem_limit: String(6 * 1024 ** 3) };
const PROVIDER_OPTIONS = { cpu: 'cpu', cuda: CUDA } as const satisfies Record<Provider, unknown>;

export type Tensors = Readonly<Record<string, Tensor>>;

/** Throws what onnxruntime throws. */
export function createInference(model: Uint8Array, provider: Provider): Promise<InferenceSession> {
  return InferenceSession.create(model, {
    executionProviders: [PROVIDER_OPTIONS[provider]],
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    enableMemPattern: false,
    logSeverityLevel: FATAL,
  });
}

/** Blocks the thread while it runs. Throws what onnxruntime throws. */
export async function infer(session: InferenceSession, inputs: Tensors): Promise<Readonly<Record<string, OrtTensor>>> {
  const feeds = Object.entries(inputs).map(
    ([input, { data, dims }]) => [input, new OrtTensor('float32', data, dims)] as const,
  );
  return session.run(Object.fromEntries(feeds));
}
