import { createPublicKey } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { KeyFiles } from './installation.ts';
import { newV1Client, type V1Client } from './v1-client.ts';

/** What was finished before a backup, and how each question about it was answered. */
export interface Finished {
  readonly key: string;
  readonly jobId: string;
  readonly v1: V1Client;
  /** By what was asked. */
  readonly answers: Readonly<Record<string, string>>;
}

const FORM = { title: 'Payment', tags: ['form'], description: '', kv: { 'Form Type': 'Payment' }, fields: ['Phone'] };
const CARD = { id: 'card-1', title: 'Card', tags: [], description: '', kv: { Phone: '+49 30 123456' } };

/** A job and a v1 task, submitted and finished. */
export async function finishWork(url: string, root: string, keys: KeyFiles): Promise<Finished> {
  const key = (await readFile(keys.apiKey, 'utf8')).trim();
  const form = new FormData();
  form.set('file', new File([await readFile(join(root, 'deploy/embedded/sample/invoice.jpg'))], 'invoice.jpg'));
  const submitted = await fetch(`${url}/v1/jobs?wait=60`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}` },
    body: form,
  });
  const job = (await submitted.json()) as { id: string; status: string };
  if (job.status !== 'completed') throw new Error(`The job has not completed: ${JSON.stringify(job)}`);
  const publicKey = createPublicKey(await readFile(keys.encryptionKeys, 'utf8')).export({
    format: 'pem',
    type: 'spki',
  });
  const v1 = newV1Client(String(publicKey), 'fill', { to_process: FORM, file_lib: { docs: [CARD], forms: [] } });
  const accepted = await v1.submit(url);
  if (accepted.status !== 202) throw new Error(`The v1 task was not accepted: ${accepted.body}`);
  await v1.finished(url);
  return { key, jobId: job.id, v1, answers: await askAll(url, { key, jobId: job.id, v1 }) };
}

/** Every question that a client may have about what is finished, with its answer; of pictures only what they are known by. */
export async function askAll(
  url: string,
  { key, jobId, v1 }: Pick<Finished, 'key' | 'jobId' | 'v1'>,
): Promise<Record<string, string>> {
  const ask = async (path: string): Promise<string> => {
    const response = await fetch(url + path, { headers: { authorization: `Bearer ${key}` } });
    const body = Buffer.from(await response.arrayBuffer());
    const { subtle } = globalThis.crypto;
    const known = Buffer.from(await subtle.digest('SHA-256', body)).toString('hex');
    const isText = /json|text/.test(response.headers.get('content-type') ?? '');
    return `${response.status} ${isText ? body.toString() : known}`;
  };
  const job = `/v1/jobs/${jobId}`;
  const paths = [job, `${job}/result?format=json`, `${job}/result?format=hocr`, `${job}/pages/1`, '/v1/jobs?limit=5'];
  const answers: Record<string, string> = {};
  for (const path of [...paths, `${job}/pages/1/image?width=320`]) answers[path] = await ask(path);
  const polled = await v1.poll(url);
  answers['v1 poll'] = `${polled.status} ${polled.body}`;
  if (polled.status === 200) answers['v1 result'] = JSON.stringify(v1.open(polled));
  return answers;
}
