import { sealBytes, understandingRequestContext } from '@docusnap/blobs';
import { type LibraryEntry, UnderstandingRequest } from '@docusnap/contracts';
import type { V1Type } from '@docusnap/db';
import { libraryFrom } from '@docusnap/extraction';
import { readAsked, type V1Asked } from '../asked.ts';
import { promptFailed, type RequestCode, V1Refusal } from '../codes.ts';
import type { OpenedContent, Question, Unwrapped } from './messages.ts';
import { type Content, type OpeningKey, openContent } from './open-content.ts';

/** Of what is to be understood beside images, the library above all: it lies in a row, and no prompt would hold as much. */
const MOST_REQUEST_BYTES = 8 * 1024 * 1024;

/** Entries of a library; those of a client's own number some hundred. */
const MOST_ENTRIES = 10_000;

/** Reads a request and opens what it brings. What is wrong with its content is told with its fields, since a task that is there goes first. */
export function unwrap(keys: readonly OpeningKey[], { body, jobId, dataKey }: Omit<Question, 'id'>): Unwrapped {
  const asked = unlessRefused(() => readAsked(body));
  if ('refusal' in asked) return { fields: null, refusal: asked.refusal };
  const { clientId, type, sha256, hasContent } = asked.value;
  const fields = { clientId, type, sha256, hasContent };
  if (!hasContent) return { fields, content: null };
  return { fields, content: openAsked(keys, asked.value, { jobId, dataKey }) };
}

function openAsked(
  keys: readonly OpeningKey[],
  asked: V1Asked,
  job: { readonly jobId: string; readonly dataKey: Uint8Array },
): OpenedContent {
  const opened = unlessRefused(() => openContent(keys, asked));
  if ('refusal' in opened) return { kind: 'refused', code: opened.refusal };
  const content = opened.value;
  const images = asked.type === 'fill' ? [] : imagesOf(content.toProcess);
  if (images === null) return { kind: 'failed', code: 'OCR_FAILURE' };
  const request = requestOf(asked.type, content);
  const text = request && Buffer.from(JSON.stringify({ ...request, client_key: content.clientKey }));
  if (text === null || text.length > MOST_REQUEST_BYTES) return { kind: 'failed', code: promptFailed(asked.type) };
  const sealed = sealBytes(Buffer.from(job.dataKey), understandingRequestContext(job.jobId), text);
  return { kind: 'opened', images, request: sealed };
}

/** Null where they are none: no list, an empty one, or with something else than texts in it. What the bytes are is looked at later. */
function imagesOf(toProcess: unknown): Uint8Array[] | null {
  if (!Array.isArray(toProcess) || toProcess.length === 0) return null;
  if (!toProcess.every((image) => typeof image === 'string')) return null;
  // Bytes of their own, so that they can be handed over to the other thread. What is no base64, such as line breaks, is passed over.
  return toProcess.map((image) => new Uint8Array(Buffer.from(image, 'base64')));
}

/** Null where no request can be made of it. */
function requestOf(type: V1Type, { toProcess, fileLib }: Content): UnderstandingRequest | null {
  if (entriesOf(fileLib) > MOST_ENTRIES) return null;
  try {
    const library: readonly LibraryEntry[] = libraryFrom(fileLib);
    const form = type === 'fill' ? { form: toProcess } : {};
    return UnderstandingRequest.parse({ task: type, library, requireGrounding: false, ...form });
  } catch {
    // Not of the shapes that are known, or nested deeper than can be followed; whichever, it stays so.
    return null;
  }
}

function entriesOf(fileLib: unknown): number {
  const lists = typeof fileLib === 'object' && fileLib !== null ? Object.values(fileLib) : [];
  return lists.reduce((sum, list) => sum + (Array.isArray(list) ? list.length : 0), 0);
}

function unlessRefused<T>(act: () => T): { readonly value: T } | { readonly refusal: RequestCode } {
  try {
    return { value: act() };
  } catch (error) {
    if (error instanceof V1Refusal) return { refusal: error.code };
    throw error;
  }
}
