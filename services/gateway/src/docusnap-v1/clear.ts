import { blobPrefixOf } from '@docusnap/contracts';
import { clearV1Tasks, type V1Selection, v1JobsOfClient } from '@docusnap/db';
import type { Request, Response } from 'express';
import type { Ports } from '../ports.ts';
import { notesOf } from '../request-log.ts';
import { addressOf } from './address.ts';
import { answerUnavailable, tooOften } from './answers.ts';
import { isText, readObject } from './asked.ts';
import { V1Refusal } from './codes.ts';
import type { DocuSnapV1 } from './docusnap-v1.ts';
import { removeLeftovers } from './erase.ts';
import { clientOf } from './process.ts';
import { readBody, SMALL_BYTES } from './read-body.ts';

const FAILED = { error: 'CACHE_CLEAR_FAILED' };

/** `POST /api/v1/clear`: drops one task of a client, or all of them, with their results and what works on them still. Never throws. */
export async function clear(ports: Ports, v1: DocuSnapV1, request: Request, response: Response): Promise<void> {
  response.set('cache-control', 'no-store');
  try {
    const address = addressOf(request);
    const mayAsk = v1.throttle.takeOfAddress(address);
    const body = await readBody(request, { room: v1.room, address, most: SMALL_BYTES, onlySmall: true });
    const selection = readSelection(body.bytes);
    if (selection === null) {
      response.status(400).json({ error: 'Missing client_id' });
    } else if (!mayAsk || !v1.throttle.takeOfClient(Buffer.from(selection.client).toString('base64'))) {
      answerUnavailable(tooOften(), request, response, FAILED);
    } else {
      await clearTasks(ports, selection);
      response.json({ status: 'ok' });
    }
  } catch (error) {
    if (error instanceof V1Refusal) {
      response.status(400).json({ error: 'Missing client_id' });
    } else {
      notesOf(response).error = error;
      response.status(500).json(FAILED);
    }
  }
}

/** Null without a client. Only where both are given they name one task. */
function readSelection(body: Uint8Array): V1Selection | null {
  const { client_id: clientId, type, SHA256: sha256 } = readObject(body);
  if (!isText(clientId)) return null;
  const only = isText(type) && isText(sha256) ? { type: storable(type), sha256: storable(sha256) } : null;
  return { client: clientOf(clientId), only };
}

/** PostgreSQL has no such character in any text, so no task is named with it. */
function storable(text: string): string {
  return text.replaceAll('\0', '');
}

/** The blobs first: should the storage fail, the same can be asked again. */
async function clearTasks(ports: Ports, selection: V1Selection): Promise<void> {
  for (const id of await v1JobsOfClient(ports.db, selection)) await ports.blobs.removePrefix(blobPrefixOf(id));
  const jobIds = await clearV1Tasks(ports.db, selection);
  void ports.running.track(removeLeftovers(ports, jobIds));
}
