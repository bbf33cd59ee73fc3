import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import { AppError, LIMITS } from '@docusnap/contracts';
import busboy from 'busboy';
import { type FieldReader, type JobFields, parseField } from './fields.ts';
import type { Intake } from './intake.ts';

/** Bytes of a field as sent; the compact form of metadata is bounded again. */
const FIELD_BYTES = LIMITS.askBytes;
const SHORT_FIELD_BYTES = 16 * 1024;
/** What is to be understood may be long. */
const LONG: ReadonlySet<string> = new Set(['schema', 'labels', 'form', 'library']);

/** Bytes that a form may have beside its files: boundaries, part headers and fields. */
export const FORM_BYTES = LIMITS.askBytes + 1024 * 1024;

/**
 * Reads a multipart/form-data request: each `file` part goes through the intake as it comes, in order, and the other fields are
 * gathered. Whatever is wrong ends the reading at once with the first error: the intake's, `malformed_multipart`,
 * `malformed_json`, `bad_request`, or the connection's own when the client went away. A body of more than `mostBytes` is `job_too_large`,
 * also where nothing of it belongs to a file.
 */
export function readMultipart(
  request: IncomingMessage,
  intake: Intake,
  { reader, mostBytes }: { readonly reader: FieldReader; readonly mostBytes: number },
): Promise<JobFields> {
  const { promise, resolve, reject } = Promise.withResolvers<JobFields>();
  const fields = new Map<string, unknown>();
  const isField = (name: string): boolean => reader.names.includes(name);
  const parser = openParser(request);
  // Several small parts may begin within one chunk; they are taken one after another all the same.
  let taken: Promise<void> = Promise.resolve();

  const fail = (error: unknown): void => {
    request.unpipe(parser);
    request.off('close', onClose);
    // Destroying the parser ends the part being read, and with it the writing of its blob; only then nothing more can appear on disk.
    parser.destroy();
    taken.then(
      () => reject(error),
      () => reject(error),
    );
  };
  const onClose = (): void => {
    // A body may have come whole and still be cut off before it was read, when nonsense follows it.
    if (!request.readableEnded) fail(new ConnectionLost());
  };
  const setField = (name: string, text: string): void => {
    if (!isField(name)) throw new AppError('bad_request', unknownPart(name, reader.names));
    if (fields.has(name)) throw new AppError('bad_request', `The field "${name}" was sent twice.`);
    if (Buffer.byteLength(text) > mostBytesOf(name)) throw fieldTooLong(name);
    fields.set(name, parseField(name, text));
  };
  const attempt = (act: () => void): void => {
    try {
      act();
    } catch (error) {
      fail(error);
    }
  };

  parser.on('file', (name, part, { filename }) => {
    // A part that is destroyed before its turn has come emits an error that nobody listens to yet.
    part.on('error', () => undefined);
    attempt(() => {
      if (name === 'file') intake.announce();
      else if (!isField(name)) throw new AppError('bad_request', unknownPart(name, reader.names));
    });
    taken = taken.then(async () => {
      if (name === 'file') await intake.take(filename, part);
      else setField(name, await textOf(part, name));
    });
    taken.catch(fail);
  });
  parser.on('field', (name, text, { valueTruncated }) => {
    attempt(() => {
      if (valueTruncated) throw fieldTooLong(name);
      if (name === 'file')
        throw new AppError('bad_request', 'The part "file" is a field, not a file: it has no filename.');
      setField(name, text);
    });
  });
  parser.on('error', (cause) => fail(new AppError('malformed_multipart', undefined, { cause })));
  parser.on('close', () => {
    request.off('close', onClose);
    taken.then(() => resolve(reader.read(Object.fromEntries(fields), []))).catch(reject);
  });
  let bytes = 0;
  request.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > mostBytes) fail(new AppError('job_too_large'));
  });
  request.on('close', onClose);
  // Gone already, while its key was looked up: nothing would tell of it any more.
  if (request.destroyed) onClose();
  else request.pipe(parser);
  return promise;
}

/** The client cut the connection in mid-upload: nobody is left to be answered. */
export class ConnectionLost extends Error {
  override readonly name = 'ConnectionLost';
  constructor() {
    super('the client closed the connection before the request ended');
  }
}

function openParser(request: IncomingMessage): busboy.Busboy {
  try {
    return busboy({ headers: request.headers, defParamCharset: 'utf8', limits: { fieldSize: FIELD_BYTES } });
  } catch (cause) {
    throw new AppError('malformed_multipart', undefined, { cause });
  }
}

/** Browsers' FormData sends a Blob as a part with a filename, so JSON fields may come that way too. */
async function textOf(part: Readable, name: string): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of part) {
    bytes += chunk.length;
    if (bytes > FIELD_BYTES) throw fieldTooLong(name);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function mostBytesOf(name: string): number {
  return LONG.has(name) ? FIELD_BYTES : SHORT_FIELD_BYTES;
}

function fieldTooLong(name: string): AppError {
  return name === 'metadata'
    ? new AppError('metadata_too_large')
    : new AppError('bad_request', `The field "${name}" is too long.`);
}

function unknownPart(name: string, fields: readonly string[]): string {
  return `There is no part named ${JSON.stringify(String(name).slice(0, 50))}: parts are "file", ${fields.map((field) => `"${field}"`).join(', ')}.`;
}
