import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Response } from 'express';

type Part = string | Uint8Array;

/**
 * Streams `parts` as the body of a 200, as fast as the client takes them; a client that goes away ends them. What goes wrong before the first
 * part is thrown with nothing sent yet, so that it can be answered as a problem; later the connection is cut, so that a short body cannot pass for a whole one.
 */
export async function send(response: Response, contentType: string, parts: AsyncGenerator<Part>): Promise<void> {
  const first = await parts.next();
  response.set('content-type', contentType);
  response.set('cache-control', 'private, no-cache');
  if (first.done) {
    response.end();
    return;
  }
  const second = await parts.next();
  if (second.done) {
    response.end(first.value);
    return;
  }
  await pipeline(Readable.from(chain([first.value, second.value], parts)), response);
}

async function* chain(first: readonly Part[], rest: AsyncGenerator<Part>): AsyncGenerator<Part> {
  yield* first;
  yield* rest;
}
