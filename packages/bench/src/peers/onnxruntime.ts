import { type Inference, watchInference } from '../contender/inference.ts';

/** Inference threads this process was told to use; null = as many as the peer takes by itself, which is all cores. */
export function threadsAsked(): number | null {
  const [asked] = process.argv.slice(2);
  return asked === undefined || asked === 'default' ? null : Number(asked);
}

/** A clock around the runtime that the peers load; it is the same copy of onnxruntime-node as ours. Nobody asks for their floor. */
export function clockOf(sessions: object): Inference {
  return watchInference(sessions, { copy: (feeds) => feeds, drop: () => {} });
}
