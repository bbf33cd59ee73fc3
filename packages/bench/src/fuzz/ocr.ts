import { randomBytes } from 'node:crypto';
import { ERRORS, isErrorCode } from '@docusnap/contracts';
import fc from 'fast-check';
import { formAbuse, forms } from './forms.ts';
import { PIXEL } from './pixel.ts';
import { asCurl, type Sent, send, type Target } from './send.ts';
import { count, type Tally } from './tally.ts';

/** Requests to the ocr service's internal calls at a time. */
const AT_ONCE = 3;

const bodies = fc.oneof(
  forms({ properties: {} }, { operations: [], schemas: {} }),
  formAbuse,
  fc
    .uint8Array({ maxLength: 400 })
    .map((bytes) => ({ type: 'image/png', bytes: Buffer.concat([PIXEL.subarray(0, 30), bytes]) })),
  fc
    .constantFrom('image/png', 'image/tiff', 'application/octet-stream', 'text/plain', '')
    .map((type) => ({ type, bytes: PIXEL })),
);
const paths = fc.constantFrom(
  '/v1/read',
  '/v1/read?setting=fast',
  '/v1/read?setting=slow',
  '/v1/read?model=../../etc/passwd',
  '/v1/read?barcodes=true&barcodes=false',
  '/v1/read?__proto__=1',
  '/ocr',
  '/',
  '/%00',
  '/readyz',
);

/** Odd requests to the ocr service: each is answered, and never by 500. */
export async function shootAtOcr(
  url: string,
  agent: Target['agent'],
  tally: Tally,
  { requests, seed }: { requests: number; seed: number },
): Promise<void> {
  const shots = fc.sample(fc.tuple(paths, bodies, fc.constantFrom('POST', 'POST', 'POST', 'GET', 'PUT')), {
    numRuns: requests,
    seed,
  });
  const shootOn = async (): Promise<void> => {
    for (let shot = shots.pop(); shot !== undefined; shot = shots.pop()) {
      const [path, { type, bytes }, method] = shot;
      const headers: Record<string, string> = {
        'content-length': String(bytes.length),
        'x-request-id': randomBytes(4).toString('hex'),
      };
      if (type) headers['content-type'] = type;
      const sent: Sent = { method, path, headers, body: bytes };
      const answer = await send({ url, agent }, sent);
      count(tally, answer);
      const fault = faultOf(answer, path);
      const what = `ocr: ${method} ${path}: ${fault}`;
      if (fault !== null) tally.findings.set(what, { what, curl: asCurl(url, sent) });
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, shootOn));
}

interface Answer {
  readonly status: number;
  readonly headers: object;
  readonly text: string;
}

function faultOf({ status, headers, text }: Answer, path: string): string | null {
  if (status === 0) return 'the connection was closed without an answer';
  if (status === 500 || (status > 500 && status !== 503)) return `answered ${status}`;
  if (status < 400 || !('content-type' in headers)) return null;
  const said = JSON.parse(text) as { code?: unknown; error?: unknown };
  // In the words of the API that the form was made for, which knows no codes: that of LiteParse.
  if (path === '/ocr' && status === 400 && typeof said.error === 'string') return null;
  const { code } = said;
  return typeof code === 'string' && isErrorCode(code) && ERRORS[code].status === status
    ? null
    : `${status} without its code`;
}
