import { AppError } from '@docusnap/contracts';
import type { NextFunction, Request, Response } from 'express';

/** Header fields of one request; browsers and proxies send some twenty. */
const MOST_HEADERS = 100;
/** Fields of which a second would be read by some and overlooked by others. */
const SINGLE = new Set(['host', 'authorization', 'content-type', 'content-length', 'transfer-encoding']);

/**
 * Refuses what proxies and servers are known to read differently, so that nobody smuggles a request past one to the other. What the parser
 * itself refuses never comes here: both lengths, bad chunks, folded lines, bare line feeds.
 */
export function refuseOddRequests(request: Request, _response: Response, next: NextFunction): void {
  const { rawHeaders, headers, httpVersion } = request;
  if (rawHeaders.length / 2 > MOST_HEADERS) throw new AppError('headers_too_large', `At most ${MOST_HEADERS} fields.`);
  if (httpVersion !== '1.1' && httpVersion !== '1.0')
    throw new AppError('bad_request', 'Only HTTP/1.1 is spoken here.');
  if (headers.host === undefined && httpVersion === '1.1')
    throw new AppError('bad_request', 'The header Host is missing.');
  const seen: string[] = [];
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at]!.toLowerCase();
    if (!SINGLE.has(name)) continue;
    if (seen.includes(name)) throw new AppError('bad_request', `The header ${name} was sent twice.`);
    seen.push(name);
  }
  const encoding = headers['transfer-encoding'];
  if (encoding !== undefined && (encoding.toLowerCase() !== 'chunked' || httpVersion === '1.0')) {
    throw new AppError('bad_request', 'A body is sent with its length, or in chunks.');
  }
  next();
}

/** What a call without a body may be sent all the same: some clients send `{}` with every POST. */
const UNWANTED_BYTES = 16 * 1024;

/** Refuses a body that nobody would read. */
export function refuseUnwantedBody({ headers }: Pick<Request, 'headers'>): void {
  const length = Number(headers['content-length'] ?? 0);
  if (headers['transfer-encoding'] !== undefined || length > UNWANTED_BYTES) {
    throw new AppError('body_too_large', 'It takes none.');
  }
}
