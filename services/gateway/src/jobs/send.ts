import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Response } from 'express';

/**
 * Streams `parts` as the body of a 200. What goes wrong before the first part is thrown with nothing sent yet, so that it can be answered
 * as a problem; later the connection is cut, so that a short body cannot pass for a whole one.
 */
export async function send(response: Response, contentType: string, parts: AsyncGenerator<string>): Promise<void> {
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

async function* chain(first: readonly string[], rest: AsyncGenerator<string>): AsyncGenerator<string> {
  yield* first;
  yield* rest;
}
