import type { Readable } from 'node:stream';
import { type AppError, PageText, toAppError } from '@docusnap/contracts';
import type { Request, Response } from 'express';
import type { ReadBytesReply } from '../../reader/messages.ts';
import { type DirectOptions, readUpload } from '../read.ts';
import { compatAnswer, compatError } from './answers.ts';
import { type CompatImage, receiveCompat, type Shape } from './receive.ts';

/** `POST /ocr` as other OCR servers have it: one image in, its lines out in reading order, in the form of whichever server the caller was made for. */
export async function readCompatible(
  options: DirectOptions,
  request: Request,
  response: Response,
): Promise<ReadBytesReply> {
  let shape: Shape | undefined;
  let image: CompatImage | undefined;
  const receive = async (body: Readable): Promise<Buffer> => {
    const { headers } = request;
    image = await receiveCompat(body, {
      headers,
      maxBytes: options.maxBytes,
      onShape: (found) => {
        shape = found;
      },
    });
    return image.bytes;
  };
  try {
    const reply = await readUpload(options, request, response, { receive, ...AS_USUAL });
    response.json(compatAnswer(PageText.parse(JSON.parse(reply.page)), image!));
    return reply;
  } catch (error) {
    answerIn(shape, toAppError(error), request, response);
    throw error;
  }
}

const AS_USUAL = { model: undefined, setting: undefined, barcodes: false } as const;

/** Says an error in the words of that API, where it has such; else it is left to who answers all errors. */
function answerIn(shape: Shape | undefined, error: AppError, request: Request, response: Response): void {
  const answer = compatError(error, shape);
  if (!answer || response.headersSent || response.destroyed) return;
  if (error.retryAfter !== undefined) response.set('retry-after', String(error.retryAfter));
  // A body that was not read to its end would be taken for the next request.
  if (!request.complete) response.set('connection', 'close');
  response.status(answer.status).json(answer.body);
  request.resume();
}
