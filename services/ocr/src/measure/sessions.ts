import { type Inference, watchInference } from '@docusnap/bench/contender';
import { release } from '@docusnap/engine';
import { InferenceSession, Tensor } from 'onnxruntime-node';

/** A clock around every inference of this process, at the runtime itself: what the engine and the service put around it counts as theirs. */
export function watchSessions(): Inference {
  return watchInference(InferenceSession, {
    copy: (feeds) =>
      Object.fromEntries(Object.entries(feeds).map(([name, tensor]) => [name, copyOf(tensor as Tensor)])),
    drop(tensors) {
      for (const { data } of Object.values(tensors) as Tensor[])
        if (data instanceof Float32Array) release({ data, dims: [] });
    },
  });
}

function copyOf(tensor: Tensor): Tensor {
  const { data, dims, type } = tensor;
  if (Array.isArray(data)) return tensor;
  return new Tensor(type, data.slice() as Float32Array, dims);
}
