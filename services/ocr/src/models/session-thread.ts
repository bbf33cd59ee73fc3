import { type MessagePort, parentPort } from 'node:worker_threads';
import type { InferenceSession } from 'onnxruntime-node';
import type { Provider } from '../provider.ts';
import { createInference, infer, type Tensors } from './inference.ts';

/**
 * What runs in a thread of a spread session: its own session of the same model, runs one after another. Whatever is thrown ends the thread, and
 * the spread session with it.
 */

export type ToThread =
  /** The first message. Not part of `workerData`, which would keep it in memory for good. */
  | { readonly kind: 'start'; readonly model: Uint8Array; readonly provider: Provider }
  | { readonly kind: 'run'; readonly id: number; readonly inputs: Tensors }
  | { readonly kind: 'end' };

export type FromThread =
  | { readonly kind: 'ready' }
  | { readonly kind: 'done'; readonly id: number; readonly outputs: Tensors };

type Run = Extract<ToThread, { kind: 'run' }>;

function serve(port: MessagePort): void {
  let session: InferenceSession | undefined;
  const obey = async (message: ToThread): Promise<void> => {
    if (message.kind === 'end') {
      port.close();
    } else if (message.kind === 'start') {
      session = await createInference(message.model, message.provider);
      port.postMessage({ kind: 'ready' } satisfies FromThread);
    } else if (session) {
      await answer(port, session, message);
    }
  };
  let last = Promise.resolve();
  port.on('message', (message: ToThread) => {
    last = last.then(() => obey(message));
  });
}

async function answer(port: MessagePort, session: InferenceSession, { id, inputs }: Run): Promise<void> {
  const outputs = Object.entries(await infer(session, inputs)).map(([name, { data, dims }]) => {
    // A copy, for onnxruntime's own buffer cannot move between threads. It is given back at once: the collector counts hardly what such buffers hold.
    const copy = new Float32Array(data as Float32Array);
    (data as Float32Array<ArrayBuffer>).buffer.transfer(0);
    return [name, { data: copy, dims }] as const;
  });
  for (const { data } of Object.values(inputs)) (data.buffer as ArrayBuffer).transfer(0);
  const buffers = outputs.map(([, { data }]) => data.buffer);
  port.postMessage({ kind: 'done', id, outputs: Object.fromEntries(outputs) } satisfies FromThread, buffers);
}

if (parentPort === null) throw new Error('A session thread is started by a spread session.');
serve(parentPort);
