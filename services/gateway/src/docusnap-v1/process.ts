import { createHash } from 'node:crypto';
import type { V1TaskKey } from '@docusnap/db';
import type { Request, Response } from 'express';
import type { Ports } from '../ports.ts';
import { notesOf } from '../request-log.ts';
import { type Draft, newDraft } from '../submit/draft.ts';
import { addressOf } from './address.ts';
import { answerProcessFailure, answerTask, tooOften } from './answers.ts';
import { readAsked, type V1Fields } from './asked.ts';
import { V1Refusal } from './codes.ts';
import type { DocuSnapV1 } from './docusnap-v1.ts';
import { type Body, readBody, SMALL_BYTES } from './read-body.ts';
import { lookAtTask } from './settle.ts';
import { beginTask } from './submit.ts';
import type { OpenedContent } from './unwrap/messages.ts';

const SHA256 = /^[0-9a-f]{64}$/;

/** `POST /api/v1/process`: submits and polls. Never throws. */
export async function processTask(ports: Ports, v1: DocuSnapV1, request: Request, response: Response): Promise<void> {
  let body: Body | undefined;
  try {
    const address = addressOf(request);
    const mayAsk = v1.throttle.takeOfAddress(address);
    body = await readBody(request, { room: v1.room, address, most: v1.limits.bodyBytes, onlySmall: !mayAsk });
    await answerAsked(ports, v1, response, { bytes: body.bytes, address, mayAsk });
  } catch (error) {
    answerProcessFailure(error, request, response);
  } finally {
    body?.giveBack();
  }
}

interface Ask {
  readonly bytes: Uint8Array;
  readonly address: string;
  readonly mayAsk: boolean;
}

/** The checks in the protocol's order: fields, the task that is there, and only then what the content is. */
async function answerAsked(ports: Ports, v1: DocuSnapV1, response: Response, ask: Ask): Promise<void> {
  const { fields, open } = await readFields(ports, v1, ask);
  const client = clientOf(fields.clientId);
  if (!ask.mayAsk || !v1.throttle.takeOfClient(client.toString('base64'))) {
    answerThrottled(response, fields);
    return;
  }
  // What no task can be named by is no text to ask the database for.
  const key = SHA256.test(fields.sha256) ? { client, sha256: fields.sha256, type: fields.type } : null;
  const there = key && (await lookAtTask(ports, key, v1.limits));
  if (there) {
    answerTask(response, there);
    return;
  }
  if (!fields.hasContent) throw new V1Refusal('TASK_NOT_FOUND');
  const { draft, content } = await open();
  if (content === null) throw new V1Refusal('TASK_NOT_FOUND');
  if (content.kind === 'refused') throw new V1Refusal(content.code);
  // Content that was opened has the hash that it was sent with.
  const trace = notesOf(response).span.traceparent;
  const submission = { key: key as V1TaskKey, draft, address: ask.address, content, trace };
  answerTask(response, await beginTask(ports, submission, v1.limits));
}

interface Opened {
  /** Of the job that it will be if all is well. */
  readonly draft: Draft;
  readonly content: OpenedContent | null;
}

/** A small body is read here, and its content opened where that is asked for; a large one is read and opened at once, away from this thread. */
async function readFields(
  ports: Ports,
  { unwrapper }: DocuSnapV1,
  { bytes, mayAsk }: Ask,
): Promise<{ readonly fields: V1Fields; readonly open: () => Promise<Opened> }> {
  const unwrap = async () => {
    const draft = newDraft(ports);
    const unwrapped = await unwrapper.unwrap({ body: bytes, jobId: draft.id, dataKey: draft.dataKey });
    if (unwrapped.fields === null) throw new V1Refusal(unwrapped.refusal);
    return { ...unwrapped, draft };
  };
  if (bytes.length <= SMALL_BYTES || !mayAsk) return { fields: readAsked(bytes), open: unwrap };
  const opened = await unwrap();
  return { fields: opened.fields, open: async () => opened };
}

/** A client's id is its secret, so what stands in rows is its hash. */
export function clientOf(clientId: string): Buffer {
  return createHash('sha256').update(clientId).digest();
}

/** Old clients do not know 429. A poll learns nothing new; a submit is to come again. */
function answerThrottled(response: Response, { hasContent }: V1Fields): void {
  if (hasContent) throw tooOften();
  answerTask(response, { status: 'processing', result: null, errorDetail: null });
}
