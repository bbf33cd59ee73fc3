import { isUtf8 } from 'node:buffer';
import { AppError } from '@docusnap/contracts';
import express, { type Request, type Response } from 'express';

/**
 * Values and levels of one body, many times what the largest batch or schema has. Parsing takes time and memory for each of them: 33 MiB of
 * brackets held the main loop for many seconds and took 1.1 GiB.
 */
const MOST_VALUES = 100_000;

const QUOTE = 0x22;
const COMMA = 0x2c;
const BACKSLASH = 0x5c;
const OPENING_BRACKET = 0x5b;
const OPENING_BRACE = 0x7b;

/**
 * The parsed JSON body of a request, at most `limit` bytes of it; null when there is none. Compressed bodies are refused: what they
 * unpack to cannot be told beforehand. Throws `malformed_json` for more values than anyone sends, `unsupported_media_type` for another charset
 * than JSON has, and what express.json throws, which problem.ts knows how to tell.
 */
export function readJson(request: Request, response: Response, limit: number): Promise<unknown> {
  let refusal: unknown;
  const verify = (_request: unknown, _response: unknown, body: Buffer, charset: string): void => {
    try {
      refuseBytes(body, charset);
    } catch (error) {
      refusal = error;
      throw error;
    }
  };
  const parse = express.json({ limit, inflate: false, strict: false, verify });
  return new Promise((resolve, reject) => {
    parse(request, response, (error?: unknown) => {
      if (error) reject(refusal ?? error);
      else resolve(request.body ?? null);
    });
  });
}

/** Values are counted in the bytes as they came: in any other encoding they would be different ones than are parsed. */
function refuseBytes(body: Buffer, charset: string): void {
  if (charset !== 'utf-8') throw new AppError('unsupported_media_type', 'JSON is sent in UTF-8.');
  if (!isUtf8(body)) throw new AppError('malformed_json', 'It is not UTF-8.');
  refuseTooManyValues(body);
}

/** What a text in JSON says. Throws `malformed_json` for more values than anyone sends, and what JSON.parse throws. */
export function parseJson(text: string): unknown {
  refuseTooManyValues(Buffer.from(text));
  return JSON.parse(text);
}

function refuseTooManyValues(text: Buffer): void {
  if (hasTooManyValues(text)) throw new AppError('malformed_json', `It has more than ${MOST_VALUES} values.`);
}

function hasTooManyValues(text: Buffer): boolean {
  let values = 0;
  for (let at = 0; at < text.length; at += 1) {
    const byte = text[at];
    if (byte === QUOTE) at = endOfString(text, at);
    else if (byte === COMMA || byte === OPENING_BRACKET || byte === OPENING_BRACE) values += 1;
    if (values > MOST_VALUES) return true;
  }
  return false;
}

/** Where the string that begins at `start` ends; nearly all there is lies in a few long ones, which are passed over at once. */
function endOfString(text: Buffer, start: number): number {
  for (let at = text.indexOf(QUOTE, start + 1); at >= 0; at = text.indexOf(QUOTE, at + 1)) {
    let backslashes = 0;
    while (text[at - 1 - backslashes] === BACKSLASH) backslashes += 1;
    if (backslashes % 2 === 0) return at;
  }
  return text.length;
}
