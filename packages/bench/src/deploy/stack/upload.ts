import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { JobBody } from '@docusnap/contracts';
import type { Facts } from '../facts.ts';
import { ask, type Caller } from './call.ts';
import { LONG_PDF_LINES, longPdf } from './long-pdf.ts';
import type { Stack } from './stack.ts';

const MIB = 1024 * 1024;
const FILLING = 200 * MIB;
/** Where the client rests, to see how far what it has sent has come. */
const REST_AT = 100 * MIB;
const REST_MS = 15_000;
/** What a worker may take whatever is sent: it has 64 KiB of a body at a time. */
const MOST_WORKER_BYTES = 64 * MIB;
const LOOK_EVERY_MS = 20;

export interface UploadSeen {
  readonly peakBytes: number;
  readonly seconds: number;
}

/** Sends a PDF of 200 MiB, and looks where it lies meanwhile: at the gateway, and nowhere in nginx. */
export async function sendLongPdf(stack: Stack, caller: Caller, facts: Facts): Promise<UploadSeen> {
  const pdf = longPdf(FILLING);
  const boundary = 'docusnap-long-pdf';
  const head = Buffer.from(
    `--${boundary}\r\ncontent-disposition: form-data; name="file"; filename="long.pdf"\r\ncontent-type: application/pdf\r\n\r\n`,
  );
  const tail = Buffer.from(`\r\n--${boundary}--\r\n`);
  let atRest = 0;
  async function* body(): AsyncGenerator<Buffer> {
    yield head;
    let sent = 0;
    for (const piece of pdf.pieces()) {
      yield piece;
      sent += piece.length;
      if (atRest === 0 && sent >= REST_AT) atRest = await storedBytes(stack.blobs, REST_AT / 2);
    }
    yield tail;
  }
  const lying = new Set<string>();
  const watch = setInterval(() => {
    for (const path of stack.proxy.temporaryFiles()) lying.add(path);
  }, LOOK_EVERY_MS);
  const began = performance.now();
  const answer = await ask(caller, 'POST', '/v1/jobs', {
    headers: {
      'content-type': `multipart/form-data; boundary=${boundary}`,
      'content-length': String(head.length + pdf.length + tail.length),
    },
    body: body(),
  }).finally(() => clearInterval(watch));
  const seconds = (performance.now() - began) / 1_000;
  facts.note('a PDF of 200 MiB is taken', answer.status === 202, answer);
  facts.note('half of it lies at the gateway before the rest is sent', atRest >= REST_AT / 2, atRest);
  facts.note("nothing of it lies in nginx's temporary folders", lying.size === 0, [...lying]);
  const peakBytes = stack.proxy.peakMemory();
  facts.note('the memory of nginx is bounded', peakBytes <= MOST_WORKER_BYTES, peakBytes);
  if (answer.status === 202) await noteText(caller, (JSON.parse(answer.body) as JobBody).id, facts);
  return { peakBytes, seconds };
}

/** Bytes below the folder, as soon as there are so many or time is up. */
async function storedBytes(folder: string, enough: number): Promise<number> {
  const until = Date.now() + REST_MS;
  for (;;) {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
    const sizes = await Promise.all(
      files.map((file) =>
        stat(file).then(
          ({ size }) => size,
          () => 0,
        ),
      ),
    );
    const bytes = sizes.reduce((sum, size) => sum + size, 0);
    if (bytes >= enough || Date.now() > until) return bytes;
    await pause(LOOK_EVERY_MS);
  }
}

async function noteText(caller: Caller, id: string, facts: Facts): Promise<void> {
  let job: JobBody;
  do job = JSON.parse((await ask(caller, 'GET', `/v1/jobs/${id}?wait=60`)).body) as JobBody;
  while (job.finished_at === null);
  const { body } = await ask(caller, 'GET', `/v1/jobs/${id}/result?format=text`);
  facts.note(
    'its page is read',
    LONG_PDF_LINES.every((line) => body.includes(line)),
    [job.status, body],
  );
  await ask(caller, 'DELETE', `/v1/jobs/${id}`);
}
