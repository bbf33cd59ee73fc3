import { parentPort, workerData } from 'node:worker_threads';
import { openBytes, pageContext, sealBytes, understandingContext, understandingRequestContext } from '@docusnap/blobs';
import { AppError, LIMITS, type PageText, toAppError, type Understanding } from '@docusnap/contracts';
import { type LanguageModel, type NumberedPage, understand } from '@docusnap/extraction';
import { type ModelConfig, openLanguageModel } from '../model/open-language-model.ts';
import { SealedRequest, sealForClient } from './client-key.ts';
import { countTokens } from './count-tokens.ts';
import { fingerprintOf } from './fingerprint.ts';
import type { Answer, Known, Question, StoredPage, ToThread } from './messages.ts';
import { openNeeds } from './needs.ts';

/**
 * The thread in which jobs are understood, several at a time while a language model is asked: rules and grounding take longer than the
 * gateway's main loop may be held, and what a page holds is anybody's.
 */
const config = workerData as ModelConfig;
const model = openLanguageModel(config);
const needs = openNeeds((answer) => parentPort?.postMessage(answer));

const NO_TOKENS = { prompt_tokens: 0, completion_tokens: 0 };

/** What is worked on, by its id, to be ended when nobody waits for it any more. */
const working = new Map<number, AbortController>();

parentPort?.on('message', (message: ToThread) => {
  if (message === 'alive?') parentPort?.postMessage('alive' satisfies Answer);
  else if ('to' in message) needs.give(message);
  else if ('cancel' in message) working.get(message.cancel)?.abort(new AppError('lease_lost'));
  else work(message);
});

function work(question: Question): void {
  const cancelled = new AbortController();
  working.set(question.id, cancelled);
  const counted = countTokens(model, (call) => {
    const told: Answer = { id: question.id, call };
    parentPort?.postMessage(told);
  });
  const answered = answer(question, counted.model, cancelled.signal).finally(() => {
    working.delete(question.id);
    needs.forget(question.id);
  });
  answered.then(
    (given) => parentPort?.postMessage(given),
    (error: unknown) => {
      const known = toAppError(error);
      const given: Answer = {
        id: question.id,
        failure: known.toFailure(),
        retryAfter: known.retryAfter,
        usage: counted.spent(),
      };
      parentPort?.postMessage(given);
    },
  );
}

async function answer(
  { id, jobId, dataKey, request, pages }: Question,
  model: LanguageModel | null,
  signal: AbortSignal,
): Promise<Answer> {
  const key = Buffer.from(dataKey);
  const sent = SealedRequest.parse(parsed(await openBytes(key, understandingRequestContext(jobId), request)));
  const { client_key: clientKey, ...asked } = sent;
  const texts: NumberedPage[] = [];
  for (const page of pages) texts.push({ number: page.number, text: await openPage(key, jobId, page) });
  // What a client's own key seals is never opened again.
  const fingerprint = config && !clientKey ? fingerprintOf(config, asked, texts) : null;
  const known = fingerprint && (await needs.recall(id, fingerprint));
  if (known) {
    const again: Understanding = { ...(await openKnown(known)), usage: NO_TOKENS, cached: true };
    return { id, sealed: sealUnderstanding(key, jobId, again), usage: NO_TOKENS, fingerprint: null };
  }
  const isShown = asked.vision && model?.sees === true;
  const pictures = isShown ? await needs.pictures(id) : [];
  // What was answered for want of pictures is not what whoever asks again would be answered.
  const isWhole = !isShown || pictures.length === Math.min(pages.length, LIMITS.shownPages);
  const read = await understand(texts, asked, { model, pictures, signal });
  const understood = asked.vision ? { ...read, pictures: pictures.length } : read;
  // For a client that brought its own key only what it knows, and under no other key.
  const sealed = clientKey
    ? sealForClient(clientKey, Buffer.from(JSON.stringify(understood.result)))
    : sealUnderstanding(key, jobId, understood);
  return {
    id,
    sealed,
    usage: understood.usage,
    fingerprint: isWhole && understood.engine === 'model' ? fingerprint : null,
  };
}

function sealUnderstanding(key: Buffer, jobId: string, understood: Understanding): Buffer {
  return sealBytes(key, understandingContext(jobId), Buffer.from(JSON.stringify(understood)));
}

async function openKnown({ jobId, dataKey, sealed }: Known): Promise<Understanding> {
  return parsed(await openBytes(Buffer.from(dataKey), understandingContext(jobId), sealed)) as Understanding;
}

async function openPage(key: Buffer, jobId: string, { fileIndex, fileFrame, sealed }: StoredPage): Promise<PageText> {
  return parsed(await openBytes(key, pageContext(jobId, fileIndex, fileFrame), sealed)) as PageText;
}

function parsed(bytes: Buffer): unknown {
  return JSON.parse(bytes.toString('utf8'));
}
