import type { Tensor } from '@docusnap/engine';
import { InferenceSession, Tensor as OrtTensor } from 'onnxruntime-node';
import type { Provider } from '../provider.ts';

/**
 * Onnxruntime with the options that all sessions have, in as few modules as can be: session threads load this file and hardly more, and each
 * of them has memory of its own for what it loads.
 */

/** Only fatal messages of the runtime's own log: it writes to stderr past ours, and what fails is thrown anyway. */
const FATAL = 4;

export type Tensors = Readonly<Record<string, Tensor>>;

/** Throws what onnxruntime throws. */
export function createInference(model: Uint8Array, provider: Provider): Promise<InferenceSession> {
  return InferenceSession.create(model, {
    executionProviders: [provider],
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
