import type { IncomingHttpHeaders } from 'node:http';
import type { Readable } from 'node:stream';
import { AppError } from '@docusnap/contracts';
import busboy from 'busboy';

/**
 * The bytes of the one image in a request: the part `file` of multipart/form-data, or the whole body when its type is an image's or
 * application/octet-stream. Throws unsupported_media_type, malformed_multipart, no_files, file_empty, file_too_large.
 */
export async function receiveImage(
  body: Readable,
  { headers, maxBytes }: { headers: IncomingHttpHeaders; maxBytes: number },
): Promise<Buffer> {
  const type = headers['content-type'] ?? '';
  const bytes = type.startsWith('multipart/form-data')
    ? await receivePart(body, { headers, maxBytes })
    : await receiveBody(body, type, maxBytes);
  if (bytes.length === 0) throw new AppError('file_empty');
  return bytes;
}

async function receiveBody(body: Readable, type: string, maxBytes: number): Promise<Buffer> {
  if (!type.startsWith('image/') && type !== 'application/octet-stream') {
    throw new AppError('unsupported_media_type', 'Send multipart/form-data, image/* or application/octet-stream.');
  }
  return gather(body, maxBytes);
}

/** Reads a stream whole; nothing beyond the limit is kept. */
export async function gather(stream: Readable, maxBytes: number): Promise<Buffer> {
  const parts: Buffer[] = [];
  let size = 0;
  // Not destroyed on a throw: the rest of the body has to be let through before the answer can be read.
  for await (const part of stream.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    size += part.length;
    if (size > maxBytes) throw new AppError('file_too_large', `The limit is ${maxBytes} bytes.`);
    parts.push(part);
  }
  return Buffer.concat(parts);
}

/** Reads a part of a form whole. Throws malformed_multipart where the form breaks off in it. */
export async function gatherPart(part: Readable, maxBytes: number): Promise<Buffer> {
  try {
    return await gather(part, maxBytes);
  } catch (cause) {
    throw cause instanceof AppError ? cause : new AppError('malformed_multipart', undefined, { cause });
  }
}

/** The name of the part that holds the image. */
const PART = 'file';

interface PartOptions {
  readonly headers: IncomingHttpHeaders;
  readonly maxBytes: number;
}

function receivePart(body: Readable, { headers, maxBytes }: PartOptions): Promise<Buffer> {
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
  let parser: busboy.Busboy;
  try {
    parser = busboy({ headers, limits: { parts: 10 } });
  } catch (cause) {
    throw new AppError('malformed_multipart', undefined, { cause });
  }
  let image: Promise<Buffer> | undefined;
  const fail = (error: unknown): void => {
    body.unpipe(parser);
    parser.destroy();
    reject(error);
  };
  parser.on('file', (name, part) => {
    // A part that the form breaks off in emits an error: of one that is passed over nobody would listen to it, and it would end the process.
    part.on('error', () => undefined);
    if (name !== PART) return void part.resume();
    if (image) {
      part.resume();
      return fail(new AppError('bad_request', 'This call reads one image at a time.'));
    }
    image = gatherPart(part, maxBytes);
    image.catch(fail);
  });
  parser.on('error', (cause) => fail(new AppError('malformed_multipart', undefined, { cause })));
  parser.on('close', () => (image ? image.then(resolve, fail) : fail(new AppError('no_files'))));
  body.on('error', fail);
  body.pipe(parser);
  return promise;
}
