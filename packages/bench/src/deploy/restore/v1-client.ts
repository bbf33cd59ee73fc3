import { createCipheriv, createDecipheriv, createHash, publicEncrypt, randomBytes, randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';

/** As often as old clients ask. */
const POLL_MS = 500;
const MOST_POLLS = 300;

export interface V1Answer {
  readonly status: number;
  readonly body: string;
}

/** A client of the DocuSnap v1 protocol with one task, which it submits and polls for. */
export interface V1Client {
  submit(url: string): Promise<V1Answer>;
  /** One poll, as it is answered. */
  poll(url: string): Promise<V1Answer>;
  /** Polls until it is finished. */
  finished(url: string): Promise<V1Answer>;
  /** What a finished answer holds. */
  open(answer: V1Answer): unknown;
}

/** @param publicKey in PEM, as the service publishes it */
export function newV1Client(publicKey: string, type: string, content: object): V1Client {
  const key = randomBytes(32);
  const iv = randomBytes(16);
  const cipher = createCipheriv('aes-256-cbc', key, iv);
  const sealed = Buffer.concat([iv, cipher.update(JSON.stringify(content)), cipher.final()]).toString('base64');
  const task = { client_id: randomUUID(), type, SHA256: createHash('sha256').update(sealed).digest('hex') };
  const post = async (url: string, body: object): Promise<V1Answer> => {
    const response = await fetch(`${url}/api/v1/process`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    return { status: response.status, body: await response.text() };
  };
  const poll = (url: string): Promise<V1Answer> => post(url, { ...task, has_content: false });
  return {
    submit: (url) =>
      post(url, {
        ...task,
        has_content: true,
        content: sealed,
        aes_key: publicEncrypt({ key: publicKey, oaepHash: 'sha256' }, key).toString('base64'),
      }),
    poll,
    async finished(url) {
      for (let polls = 0; polls < MOST_POLLS; polls += 1) {
        const answer = await poll(url);
        if (answer.status !== 202) return answer;
        await pause(POLL_MS);
      }
      throw new Error('The v1 task did not end');
    },
    open({ body }) {
      const bytes = Buffer.from((JSON.parse(body) as { result: string }).result, 'base64');
      const decipher = createDecipheriv('aes-256-cbc', key, bytes.subarray(0, 16));
      return JSON.parse(Buffer.concat([decipher.update(bytes.subarray(16)), decipher.final()]).toString());
    },
  };
}
