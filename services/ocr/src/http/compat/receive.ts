import type { IncomingHttpHeaders } from 'node:http';
import type { Readable } from 'node:stream';
import { AppError } from '@docusnap/contracts';
import busboy from 'busboy';
import { gather, gatherPart } from '../receive.ts';
import { decodeBase64 } from './base64.ts';

/** Whose API a caller was made for. They all have `POST /ocr`, and are told apart by what they send. */
export type Shape = 'cnocr' | 'liteparse' | 'rapidocr' | 'paddlex';

export interface CompatImage {
  readonly shape: Shape;
  readonly bytes: Buffer;
  /** Of PaddleX: lines that were read less surely are left out. */
  readonly leastScore: number;
}

/** The part that holds the image, by API. */
const PARTS: ReadonlyMap<string, Shape> = new Map([
  ['image', 'cnocr'],
  ['file', 'liteparse'],
  ['image_file', 'rapidocr'],
]);
/** Of RapidOCR API: the image in base64, in a form of either kind. */
const BASE64_FIELD = 'image_data';
const NONE =
  'Send it as the part "image" (CnOCR), "file" (LiteParse) or "image_file" (RapidOCR), or as JSON (PaddleX).';
/** Beside the image, in bytes: of JSON that is what is parsed on the main loop. */
const REST_BYTES = 64 * 1024;

export interface Receiving {
  readonly headers: IncomingHttpHeaders;
  readonly maxBytes: number;
  /** Told as soon as it is known, so that errors can be said in its words. */
  readonly onShape: (shape: Shape) => void;
}

/**
 * The image of a request made for one of these APIs. Throws no_files, file_empty, file_too_large, file_undecodable, malformed_multipart, malformed_json,
 * body_too_large, bad_request, unsupported_media_type.
 */
export async function receiveCompat(body: Readable, receiving: Receiving): Promise<CompatImage> {
  const type = receiving.headers['content-type'] ?? '';
  const image = type.startsWith('application/json')
    ? await receiveJson(body, receiving)
    : await receiveForm(body, receiving);
  if (image.bytes.length === 0) throw new AppError('file_empty');
  return image;
}

function longest(maxBytes: number): number {
  return Math.ceil(maxBytes / 3) * 4 + REST_BYTES;
}

function receiveForm(body: Readable, { headers, maxBytes, onShape }: Receiving): Promise<CompatImage> {
  const { promise, resolve, reject } = Promise.withResolvers<CompatImage>();
  const type = headers['content-type'] ?? '';
  if (!/^(multipart\/form-data|application\/x-www-form-urlencoded)/.test(type))
    throw new AppError('unsupported_media_type', NONE);
  let parser: busboy.Busboy;
  try {
    parser = busboy({ headers, limits: { parts: 10, fieldSize: longest(maxBytes) } });
  } catch (cause) {
    throw new AppError('malformed_multipart', undefined, { cause });
  }
  const taken: Promise<CompatImage>[] = [];
  const fail = (error: unknown): void => {
    body.unpipe(parser);
    parser.destroy();
    reject(error);
  };
  const take = (shape: Shape, bytes: () => Promise<Buffer>): boolean => {
    if (taken.length > 0) return false;
    onShape(shape);
    const image = bytes().then((read) => ({ shape, bytes: read, leastScore: 0 }));
    image.catch(fail);
    taken.push(image);
    return true;
  };
  parser.on('file', (name, part) => {
    // A part that the form breaks off in emits an error: of one that is passed over nobody would listen to it, and it would end the process.
    part.on('error', () => undefined);
    const shape = PARTS.get(name);
    if (!shape) return void part.resume();
    if (take(shape, () => gatherPart(part, maxBytes))) return;
    part.resume();
    fail(new AppError('bad_request', 'This call reads one image at a time.'));
  });
  parser.on('field', (name, text, { valueTruncated }) => {
    if (name !== BASE64_FIELD || text === '') return;
    if (valueTruncated) return fail(new AppError('file_too_large', `The limit is ${maxBytes} bytes.`));
    take('rapidocr', () => decodeBase64(text, maxBytes));
  });
  parser.on('error', (cause) => fail(new AppError('malformed_multipart', undefined, { cause })));
  parser.on('close', () => {
    const [image] = taken;
    if (image) image.then(resolve, fail);
    else fail(new AppError('no_files', NONE));
  });
  body.on('error', fail);
  body.pipe(parser);
  return promise;
}

/** Of PaddleX serving: `{"file": base64, "fileType": 1, "textRecScoreThresh": 0.5, ...}`; what else it may say changes nothing here. */
async function receiveJson(body: Readable, { maxBytes, onShape }: Receiving): Promise<CompatImage> {
  onShape('paddlex');
  const { file, fields } = apart(await gather(body, longest(maxBytes)));
  if (fields.fileType === 0)
    throw new AppError('file_type_unsupported', 'This call reads one image. Send PDFs to the gateway.');
  if (file === undefined) throw new AppError('no_files', 'Send the image in base64 as "file".');
  if (/^https?:/.test(file.slice(0, 6))) throw new AppError('url_input_off');
  const score = fields.textRecScoreThresh ?? null;
  if (score !== null && typeof score !== 'number')
    throw new AppError('bad_request', 'textRecScoreThresh is no number.');
  return { shape: 'paddlex', bytes: await decodeBase64(file, maxBytes), leastScore: score ?? 0 };
}

/**
 * The image apart from the rest, so that no text of many megabytes is parsed on the loop that answers others. Throws body_too_large where the rest is
 * one: 31 MiB of brackets held the loop for 5 s.
 */
function apart(body: Buffer): {
  readonly file: string | undefined;
  readonly fields: Readonly<Record<string, unknown>>;
} {
  const text = body.toString('latin1');
  const match = /"file"\s*:\s*"/.exec(text);
  const from = match ? match.index + match[0].length : 0;
  const to = match ? text.indexOf('"', from) : 0;
  const rest = match ? text.slice(0, from) + text.slice(to) : text;
  if (rest.length > REST_BYTES) throw new AppError('body_too_large', `Beside "file" the limit is ${REST_BYTES} bytes.`);
  try {
    const fields: unknown = JSON.parse(rest);
    if (typeof fields !== 'object' || fields === null) throw new AppError('bad_request', 'The body is no JSON object.');
    const named = fields as Record<string, unknown>;
    return { file: match && named.file === '' ? unescaped(text.slice(from, to)) : undefined, fields: named };
  } catch (cause) {
    if (cause instanceof AppError) throw cause;
    throw new AppError('malformed_json', undefined, { cause });
  }
}

/** Some languages write "\\/" for "/" in JSON; then it is parsed after all. */
function unescaped(text: string): string {
  return text.includes('\\') ? String(JSON.parse(`"${text}"`)) : text;
}
