import { parentPort, workerData } from 'node:worker_threads';
import type { Answer, Question, Unwrapped } from './messages.ts';
import type { OpeningKey } from './open-content.ts';
import { unwrap } from './unwrap.ts';

/**
 * The thread in which bodies are parsed and opened, one after another: one of 64 MiB takes half a second. It alone holds clients' plaintext, but for
 * the images on their way to where they are sealed.
 */
const keys = workerData as readonly OpeningKey[];

parentPort?.on('message', ({ id, ...question }: Question) => {
  try {
    const unwrapped = unwrap(keys, question);
    parentPort?.postMessage({ id, unwrapped } satisfies Answer, buffersOf(unwrapped));
  } catch (error) {
    // Its name only: a message may quote what was parsed.
    parentPort?.postMessage({ id, failed: error instanceof Error ? error.name : 'unknown' } satisfies Answer);
  }
});

/** Handed over instead of copied. */
function buffersOf(unwrapped: Unwrapped): ArrayBuffer[] {
  if (unwrapped.fields === null || unwrapped.content?.kind !== 'opened') return [];
  return unwrapped.content.images.map((image) => image.buffer as ArrayBuffer);
}
