import { parentPort, workerData } from 'node:worker_threads';
import { openBytes, pageContext, sealBytes, understandingContext, understandingRequestContext } from '@docusnap/blobs';
import { AppError, type PageText, toAppError } from '@docusnap/contracts';
import { type NumberedPage, understand } from '@docusnap/extraction';
import { type ModelConfig, openLanguageModel } from '../model/open-language-model.ts';
import { SealedRequest, sealForClient } from './client-key.ts';
import type { Answer, Question, StoredPage, ToThread } from './messages.ts';

/**
 * The thread in which jobs are understood, several at a time while a language model is asked: rules and grounding take longer than the
 * gateway's main loop may be held, and what a page holds is anybody's.
 */
const model = openLanguageModel(workerData as ModelConfig);

/** What is worked on, by its id, to be ended when nobody waits for it any more. */
const working = new Map<number, AbortController>();

parentPort?.on('message', (message: ToThread) => {
  if ('cancel' in message) working.get(message.cancel)?.abort(new AppError('lease_lost'));
  else work(message);
});

function work(question: Question): void {
  const cancelled = new AbortController();
  working.set(question.id, cancelled);
  const answered = answer(question, cancelled.signal).finally(() => working.delete(question.id));
  answered.then(
    (given) => parentPort?.postMessage(given),
    (error: unknown) => {
      const known = toAppError(error);
      const given: Answer = { id: question.id, failure: known.toFailure(), retryAfter: known.retryAfter };
      parentPort?.postMessage(given);
    },
  );
}

async function answer({ id, jobId, dataKey, request, pages }: Question, signal: AbortSignal): Promise<Answer> {
  const key = Buffer.from(dataKey);
  const sent = SealedRequest.parse(parsed(await openBytes(key, understandingRequestContext(jobId), request)));
  const { client_key: clientKey, ...asked } = sent;
  const texts: NumberedPage[] = [];
  for (const page of pages) texts.push({ number: page.number, text: await openPage(key, jobId, page) });
  const understood = await understand(texts, asked, { model, signal });
  // For a client that brought its own key only what it knows, and under no other key.
  const sealed = clientKey
    ? sealForClient(clientKey, Buffer.from(JSON.stringify(understood.result)))
    : sealBytes(key, understandingContext(jobId), Buffer.from(JSON.stringify(understood)));
  return { id, sealed, usage: understood.usage };
}

async function openPage(key: Buffer, jobId: string, { fileIndex, fileFrame, sealed }: StoredPage): Promise<PageText> {
  return parsed(await openBytes(key, pageContext(jobId, fileIndex, fileFrame), sealed)) as PageText;
}

function parsed(bytes: Buffer): unknown {
  return JSON.parse(bytes.toString('utf8'));
}
