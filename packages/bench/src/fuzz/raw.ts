import { Problem } from '@docusnap/contracts';
import { answersIn, sendRaw } from '@docusnap/testing';
import fc, { type Arbitrary } from 'fast-check';
import { count, type Tally } from './tally.ts';

/** How long a connection is left to answer, milliseconds; what is incomplete gets none. */
const PATIENCE_MS = 500;

/** Bytes on a connection that are no, or hardly, HTTP/1.1. */
interface RawShot {
  readonly pieces: readonly string[];
  readonly hangUp: boolean;
  readonly pauseMs: number;
}

const ENDS = ['\r\n', '\r\n', '\r\n', '\n', '\r', '\r\n ', '\0\r\n'] as const;
const LINES = [
  'Host: x',
  'Host: y',
  'Content-Length: 5',
  'Content-Length: 0',
  'Content-Length: -1',
  'Content-Length: 99999999999999999999',
  'Content-Length: 5, 5',
  'Transfer-Encoding: chunked',
  'Transfer-Encoding : chunked',
  'Transfer-Encoding: \x0bchunked',
  'Transfer-Encoding: chunked, identity',
  'Content-Type: application/json',
  'Content-Type: multipart/form-data; boundary=x',
  'Connection: close',
  'Connection: keep-alive, Upgrade, HTTP2-Settings',
  'Upgrade: h2c',
  'Expect: 100-continue',
  'Authorization: Bearer x',
  'X-Odd: \x01\x7f\xff',
  'X Y: z',
  ': nothing',
  'no colon',
  `X-Long: ${'x'.repeat(9_000)}`,
] as const;
const TARGETS = [
  '/v1/jobs',
  '/healthz',
  'http://evil.test/v1/jobs',
  '//',
  '*',
  '/\x01',
  '/a b',
  '/é',
  '/v1/jobs?\x00',
  `/${'a'.repeat(17_000)}`,
  '/v1/jobs#x',
  'evil.test:443',
  '/%',
] as const;
const BODIES = [
  '',
  'abcde',
  '5\r\nabcde\r\n0\r\n\r\n',
  'ffffffffffffffff\r\n',
  '5;ext="\x00"\r\nabcde\r\n0\r\nTrailer: x\r\n\r\n',
  '0\r\n\r\nGET /healthz HTTP/1.1\r\nHost: x\r\n\r\n',
  '--x\r\n',
  '\xff\xfe\x00',
] as const;

const heads: Arbitrary<string> = fc
  .record({
    method: fc.constantFrom('GET', 'POST', 'DELETE', 'CONNECT', 'get', 'G\0T', '', 'PRI', 'M'.repeat(40)),
    target: fc.constantFrom(...TARGETS),
    version: fc.constantFrom('HTTP/1.1', 'HTTP/1.1', 'HTTP/1.1', 'HTTP/1.0', 'HTTP/2.0', 'HTTP/1.10', 'http/1.1', ''),
    lines: fc.array(fc.constantFrom(...LINES), { maxLength: 8 }),
    end: fc.constantFrom(...ENDS),
  })
  .map(({ method, target, version, lines, end }) => {
    return `${method} ${target} ${version}${end}Host: z\r\n${lines.map((line) => line + end).join('')}\r\n`;
  });

const rawShots: Arbitrary<RawShot> = fc.record({
  pieces: fc.array(
    fc.oneof(
      { arbitrary: heads, weight: 4 },
      { arbitrary: fc.constantFrom(...BODIES), weight: 3 },
      { arbitrary: fc.string({ unit: 'binary', maxLength: 40 }), weight: 1 },
    ),
    { minLength: 1, maxLength: 6 },
  ),
  hangUp: fc.boolean(),
  pauseMs: fc.constantFrom(0, 0, 0, 10),
});

/** Sends such bytes, several connections at a time; each answer that comes has to be a good one or a problem document. */
export async function shootRaw(
  url: string,
  tally: Tally,
  { connections, seed }: { connections: number; seed: number },
): Promise<void> {
  const port = Number(new URL(url).port);
  const shots = fc.sample(rawShots, { numRuns: connections, seed });
  const shootOn = async (): Promise<void> => {
    for (let shot = shots.pop(); shot !== undefined; shot = shots.pop()) {
      const began = performance.now();
      const { text } = await sendRaw(shot.pieces, {
        port,
        patienceMs: PATIENCE_MS,
        pauseMs: shot.pauseMs,
        hangUp: shot.hangUp,
      });
      const fault = faultOf(text);
      count(tally, { status: Number(/^HTTP\/1\.1 (\d+)/.exec(text)?.[1] ?? 0), ms: performance.now() - began });
      if (fault !== null)
        tally.findings.set(`raw: ${fault}`, { what: `raw bytes: ${fault}`, curl: JSON.stringify(shot.pieces) });
    }
  };
  await Promise.all(Array.from({ length: 16 }, shootOn));
}

function faultOf(text: string): string | null {
  try {
    for (const { status, body, headers } of answersIn(text)) {
      if (status >= 500 && status !== 503) return `answered ${status}`;
      // An answer that was cut because its client hung up is no document.
      if (status >= 400 && body.length === Number(headers['content-length'])) {
        if (Problem.parse(JSON.parse(body)).status !== status) return `${status} with a problem of another status`;
      }
    }
    return null;
  } catch (error) {
    return error instanceof Error ? error.message.slice(0, 200) : 'no answer that can be read';
  }
}
