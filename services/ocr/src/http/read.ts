import { type Readable, Transform } from 'node:stream';
import { AppError, ModelSetName, READ_SETTINGS, type ReadSetting } from '@docusnap/contracts';
import type { Request, Response } from 'express';
import type { ReadBytesReply } from '../reader/messages.ts';
import type { Arrival, Seat, WaitingRoom } from '../readers/direct.ts';
import { ReaderLost } from '../readers/reader-lost.ts';
import type { Proof } from './proof.ts';
import { receiveImage } from './receive.ts';

export interface DirectOptions {
  readonly room: WaitingRoom;
  /** Asked before anything is received. */
  readonly proof: Proof;
  readonly maxBytes: number;
  readonly maxPixels: number;
}

/** `POST /v1/read?model=NAME&setting=fast&barcodes=true`: one image in, its PageText out, without a job. Nothing of it is stored. */
export async function readDirect(
  options: DirectOptions,
  request: Request,
  response: Response,
): Promise<ReadBytesReply> {
  const model = readModel(request.query.model);
  const setting = readSetting(request.query.setting);
  const barcodes = readFlag('barcodes', request.query.barcodes);
  const receive = (body: Readable): Promise<Buffer> =>
    receiveImage(body, { headers: request.headers, maxBytes: options.maxBytes });
  const reply = await readUpload(options, request, response, { receive, model, setting, barcodes });
  // The page is JSON already; it is put into the answer without being parsed.
  response.type('application/json').send(`{"page":${reply.page},"stages":${JSON.stringify(reply.stages)}}`);
  return reply;
}

export interface Upload {
  /** Takes the image out of the body. */
  readonly receive: (body: Readable) => Promise<Buffer>;
  readonly model: string | undefined;
  readonly setting: ReadSetting | undefined;
  readonly barcodes: boolean;
}

/**
 * One image in, what a reader says of it out; how it comes and how it is answered is the caller's. A seat is taken once the image is there: else a few
 * that bring theirs byte by byte would hold them all.
 */
export async function readUpload(
  { room, proof, maxPixels }: DirectOptions,
  request: Request,
  response: Response,
  { receive, ...how }: Upload,
): Promise<ReadBytesReply> {
  const gone = new AbortController();
  response.once('close', () => gone.abort(new AppError('bad_request', 'The caller went away.')));
  const body = proof(request);
  const arrival = room.arrive();
  const coming = counted(body.stream, arrival);
  try {
    const bytes = await receive(coming);
    body.check();
    return await readWithin(room.enter(), bytes, { maxPixels, ...how, signal: gone.signal });
  } finally {
    body.stream.unpipe(coming);
    body.release();
    arrival.leave();
  }
}

/** A body as it comes; it fails where there is no room for more of it. */
function counted(body: Readable, arrival: Arrival): Transform {
  const counting = new Transform({
    transform(piece: Buffer, _encoding, done) {
      try {
        arrival.grow(piece.length);
        done(null, piece);
      } catch (error) {
        done(error as Error);
      }
    },
  });
  // Nobody may be listening yet, or any more.
  counting.on('error', () => undefined);
  body.once('error', (error) => counting.destroy(error));
  return body.pipe(counting);
}

/** The set of models to read with, where the caller names one. Whether it is loaded is for the reader to say. */
function readModel(value: unknown): string | undefined {
  if (value === undefined) return undefined;
  const { success, data } = ModelSetName.safeParse(value);
  if (!success) throw new AppError('invalid_options', 'model: expected the name of a set of models.');
  return data;
}

function readSetting(value: unknown): ReadSetting | undefined {
  if (value === undefined) return undefined;
  const setting = READ_SETTINGS.find((name) => name === value);
  if (setting === undefined) throw new AppError('invalid_options', `setting: expected ${READ_SETTINGS.join(' or ')}.`);
  return setting;
}

function readFlag(name: string, value: unknown): boolean {
  if (value === undefined || value === 'false') return false;
  if (value !== 'true') throw new AppError('invalid_options', `${name}: expected true or false.`);
  return true;
}

interface ReadingOptions extends Omit<Upload, 'receive'> {
  readonly maxPixels: number;
  readonly signal: AbortSignal;
}

async function readWithin(seat: Seat, bytes: Buffer, { signal, ...how }: ReadingOptions) {
  const reader = await seat.borrow(signal);
  try {
    return await reader.ask({ kind: 'readBytes', bytes, ...how });
  } catch (error) {
    throw asAnswer(error);
  } finally {
    reader.giveBack();
  }
}

/** A lost reader in the words of the API. Once may have been chance, so the caller may try again. */
function asAnswer(error: unknown): unknown {
  if (!(error instanceof ReaderLost)) return error;
  if (error.how === 'timeout') return new AppError('page_timeout', undefined, { cause: error });
  if (error.how === 'stopped') return new AppError('shutting_down', undefined, { cause: error });
  return new AppError('internal', 'The reader was lost on this page.', { cause: error });
}
