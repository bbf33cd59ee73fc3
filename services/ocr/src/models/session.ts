import { AppError } from '@docusnap/contracts';
import type { Session, Tensor } from '@docusnap/engine';
import type { Provider } from '../provider.ts';
import { createInference, infer } from './inference.ts';

/**
 * A model of onnxruntime behind the engine's port. One thread a session: two inference threads give 1.3 times the speed of one, two sessions on
 * two threads 1.97 times, so cores are filled with readers, and with spread sessions where readers are idle.
 *
 * @throws AppError `provider_unavailable` when the provider cannot be loaded: the model is never run elsewhere in silence;
 *   `models_unavailable` when the bytes are no model
 */
export async function openSession(model: Uint8Array, name: string, provider: Provider): Promise<Session> {
  const session = await createInference(model, provider).catch((cause: unknown) => {
    throw failureOf(cause, name, provider);
  });
  return {
    inputNames: session.inputNames,
    outputNames: session.outputNames,
    run: async (inputs) => {
      const outputs = await infer(session, inputs);
      return Object.fromEntries(Object.entries(outputs).map(([output, tensor]) => [output, floatsOf(tensor, name)]));
    },
  };
}

function failureOf(cause: unknown, name: string, provider: Provider): AppError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  // The CPU provider is part of the runtime: what fails there is the model. The others are libraries of their own.
  if (provider !== 'cpu' && /provider|backend|librar/i.test(reason)) {
    return new AppError('provider_unavailable', `"${provider}" was asked for and cannot be loaded: ${reason}`, {
      cause,
    });
  }
  return new AppError('models_unavailable', `"${name}" cannot be loaded: ${reason}`, { cause });
}

function floatsOf({ data, dims }: { data: unknown; dims: readonly number[] }, name: string): Tensor {
  if (!(data instanceof Float32Array)) {
    throw new AppError('models_unavailable', `"${name}" gives something else than 32-bit floats.`);
  }
  return { data, dims };
}
