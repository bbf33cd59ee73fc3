import { DocuSnapError } from './errors.ts';
import { unreachable, waitAfter } from './http/http.ts';
import { pause } from './http/pause.ts';
import { errorOf } from './http/problem.ts';
import { base64 } from './input/submit-body.ts';

/** What is asked of a DocuSnap v1 server. */
export type V1Type = 'doc' | 'form' | 'fill';

/** A failure in the protocol's own words, such as TASK_NOT_FOUND; asking again does not help. */
export class DocuSnapV1Error extends Error {
  override readonly name = 'DocuSnapV1Error';
  readonly code: string;

  constructor(code: string) {
    super(`DocuSnap v1 answered ${code}.`);
    this.code = code;
  }
}

export interface DocuSnapV1Options {
  readonly url: string;
  /** Whoever knows it sees the results: a UUID, made unless given. */
  readonly clientId?: string | undefined;
  /** A256GCM unless given: the protocol's own CBC does not show whether what came was changed on its way. */
  readonly alg?: 'A256GCM' | 'A256CBC' | undefined;
  readonly fetch?: typeof globalThis.fetch | undefined;
}

/** Content under a key of its own. */
export interface SealedTask {
  readonly type: V1Type;
  readonly sha256: string;
  /** The body of `POST /process` that submits it. */
  readonly body: Readonly<Record<string, unknown>>;
  /** Opens the result: base64(IV, ciphertext). */
  open(result: string): Promise<unknown>;
}

interface PublicKey {
  readonly kid: string;
  readonly n: string;
  readonly e: string;
}

/** Milliseconds between polls, and how many there are: as other clients of this protocol have them. */
const POLL_MS = 500;
const MOST_POLLS = 300;
/** How often in a row a busy server is asked again, and the longest that it may have a client wait. */
const MOST_BUSY = 8;
const LONGEST_WAIT_MS = 60_000;
const IV_BYTES = { A256GCM: 12, A256CBC: 16 } as const;
const RSA = { name: 'RSA-OAEP', hash: 'SHA-256' } as const;

/** A client of the DocuSnap v1 wire protocol: what it sends and gets is encrypted from end to end, with a key for each task. */
export function openDocuSnapV1(options: DocuSnapV1Options) {
  const { clientId = crypto.randomUUID(), alg = 'A256GCM', fetch = globalThis.fetch.bind(globalThis) } = options;
  const url = options.url.replace(/\/+$/, '');

  async function send(path: string, init: RequestInit = {}): Promise<Response> {
    try {
      return await fetch(url + path, init);
    } catch (error) {
      init.signal?.throwIfAborted();
      throw unreachable(url, error);
    }
  }

  async function publicKey(signal: AbortSignal | undefined): Promise<PublicKey> {
    const response = await send('/v1/encryption-keys', { ...(signal && { signal }) });
    if (!response.ok) throw unexpected(response.status);
    const { keys } = (await response.json()) as { readonly keys: readonly PublicKey[] };
    const [first] = keys;
    if (!first) throw unexpected(response.status);
    return first;
  }

  /** What it says of the task. Throws DocuSnapV1Error where the task failed, and DocuSnapError for what is no answer to it. */
  async function post(body: object, signal: AbortSignal | undefined): Promise<Answer> {
    const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
    const response = await send('/api/v1/process', { ...init, ...(signal && { signal }) });
    if (![200, 202, 400].includes(response.status)) throw await errorOf(response);
    const answer = (await response.json().catch(() => ({}))) as Answer;
    if (response.status === 400) throw new DocuSnapV1Error(answer.error_detail ?? 'an error without a name');
    if (response.status === 200 && answer.result === undefined) throw unexpected(response.status);
    return answer;
  }

  /** Encrypts what is asked: pages of a document or form, or a form to be filled, and what is known already. */
  async function seal(
    type: V1Type,
    toProcess: unknown,
    fileLib: unknown = {},
    { signal }: { readonly signal?: AbortSignal | undefined } = {},
  ): Promise<SealedTask> {
    const { kid, n, e } = await publicKey(signal);
    const raw = crypto.getRandomValues(new Uint8Array(32));
    const key = await crypto.subtle.importKey('raw', raw, cipherOf(alg), false, ['encrypt', 'decrypt']);
    const iv = crypto.getRandomValues(new Uint8Array(IV_BYTES[alg]));
    const plain = new TextEncoder().encode(JSON.stringify({ to_process: toProcess, file_lib: fileLib }));
    const sealed = await crypto.subtle.encrypt(algorithm(alg, iv, `${clientId}:${type}`), key, plain);
    const content = base64(await new Blob([iv, sealed]).arrayBuffer());
    const sha256 = hex(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(content)));
    const wrapping = await crypto.subtle.importKey('jwk', { kty: 'RSA', n, e, ext: true }, RSA, false, ['encrypt']);
    const aesKey = base64(await crypto.subtle.encrypt({ name: 'RSA-OAEP' }, wrapping, raw));
    const variant = alg === 'A256GCM' ? { alg, kid } : { kid };
    return {
      type,
      sha256,
      body: { client_id: clientId, type, SHA256: sha256, has_content: true, content, aes_key: aesKey, ...variant },
      open: async (result) => {
        const bytes = Uint8Array.from(atob(result), (character) => character.charCodeAt(0));
        const opening = algorithm(alg, bytes.slice(0, IV_BYTES[alg]), `${clientId}:${type}:${sha256}`);
        const opened = await crypto.subtle.decrypt(opening, key, bytes.slice(IV_BYTES[alg]));
        return JSON.parse(new TextDecoder().decode(opened));
      },
    };
  }

  /** Submits a sealed task and polls until its result is there. Throws DocuSnapV1Error where it failed. */
  async function complete(task: SealedTask, { signal }: { readonly signal?: AbortSignal } = {}): Promise<unknown> {
    const poll = { client_id: clientId, type: task.type, SHA256: task.sha256, has_content: false };
    let body: object = task.body;
    let busy = 0;
    for (let polls = 0; polls <= MOST_POLLS; polls += 1) {
      try {
        const { result } = await post(body, signal);
        if (result !== undefined) return await task.open(result);
        body = poll;
        busy = 0;
        await pause(POLL_MS, signal);
      } catch (error) {
        // A server that is busy has not taken what was sent.
        const isAnswer = error instanceof DocuSnapError && error.status !== undefined;
        const wait = isAnswer ? waitAfter(error, busy) : undefined;
        if (wait === undefined || wait > LONGEST_WAIT_MS || busy >= MOST_BUSY) throw error;
        busy += 1;
        await pause(wait, signal);
      }
    }
    throw new DocuSnapError({ code: 'timed_out', message: `${url} did not end the task in time.`, retryable: true });
  }

  return {
    clientId,
    seal,
    complete,
    /** Images of a document's or form's pages in, its title, tags and key-values (and blanks) out. */
    understand: async (
      type: 'doc' | 'form',
      images: readonly Blob[],
      { library, signal }: V1CallOptions = {},
    ): Promise<unknown> => {
      const pages = await Promise.all(images.map(async (image) => base64(await image.arrayBuffer())));
      return complete(await seal(type, pages, library, { signal }), { ...(signal && { signal }) });
    },
    /** A form, as `understand` gave it, filled from a library. */
    fill: async (form: unknown, { library, signal }: V1CallOptions = {}): Promise<unknown> =>
      complete(await seal('fill', form, library, { signal }), { ...(signal && { signal }) }),
  };
}

export interface V1CallOptions {
  /** `{docs: [...], forms: [...]}`: what is known already. */
  readonly library?: unknown;
  readonly signal?: AbortSignal | undefined;
}

interface Answer {
  readonly result?: string;
  readonly error_detail?: string;
}

const cipherOf = (alg: keyof typeof IV_BYTES): string => (alg === 'A256GCM' ? 'AES-GCM' : 'AES-CBC');

/** GCM binds what is sent to its sender and kind, and the result to its task. */
function algorithm(alg: keyof typeof IV_BYTES, iv: Uint8Array<ArrayBuffer>, aad: string) {
  const name = cipherOf(alg);
  return alg === 'A256GCM' ? { name, iv, additionalData: new TextEncoder().encode(aad) } : { name, iv };
}

function hex(buffer: ArrayBuffer): string {
  return Array.from(new Uint8Array(buffer), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

function unexpected(status: number): DocuSnapError {
  return new DocuSnapError({
    code: 'unexpected_answer',
    status,
    message: `The server answered with status ${status}; does it serve DocuSnap v1?`,
  });
}
