import { parentPort } from 'node:worker_threads';
import { AppError, toAppError } from '@docusnap/contracts';
import { type Overlay, openOverlay } from '@docusnap/formats';
import type { Answer, Question } from './messages.ts';

/** The thread in which one foreign PDF is parsed and gets its layers: it may run out of memory or time, and is then ended. */
let overlay: Overlay | undefined;

parentPort?.on('message', (question: Question) => {
  answer(question).then(
    (given) => parentPort?.postMessage(given),
    (error: unknown) => parentPort?.postMessage({ failure: toAppError(error).toFailure() } satisfies Answer),
  );
});

async function answer(question: Question): Promise<Answer> {
  if (question.ask === 'open') {
    overlay = await openOverlay(question.bytes, question.filling);
    return { done: true };
  }
  if (overlay === undefined) throw new AppError('internal');
  if (question.ask === 'finish') return { added: await overlay.finish() };
  overlay.add(question.frame, question.page);
  return { done: true };
}
