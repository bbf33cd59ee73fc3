import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { Transform } from 'node:stream';
import { AppError } from '@docusnap/contracts';
import type { Proof } from './proof.ts';

/**
 * How callers of the internal HTTP sign: HMAC-SHA256, under a secret that both have, of method, path with query, time, a nonce, the body's type and its
 * SHA-256, a line each. The headers:
 *
 *     docusnap-timestamp: 1763800000          seconds since 1970
 *     docusnap-nonce: 6NqVtR1nXk0c1u2J        16 to 64 letters, digits, - or _; never the same twice
 *     docusnap-content-sha256: 9f86d081...    of the body, in hexadecimal
 *     docusnap-signature: v1=5257a869...      in hexadecimal
 */
const VERSION = 'v1';
/** Seconds that a caller's clock may be off, either way; and so long a nonce is remembered. */
const WINDOW_SECONDS = 60;

export interface Signed {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly type: string;
  readonly timestamp: string;
  readonly nonce: string;
  /** Of the body, in hexadecimal. */
  readonly sha256: string;
}

export function signatureOf(secret: string, { method, path, timestamp, nonce, type, sha256 }: Signed): string {
  const text = [VERSION, method, path, timestamp, nonce, type, sha256].join('\n');
  return `${VERSION}=${createHmac('sha256', secret).update(text).digest('hex')}`;
}

/** The headers of a call, for whoever makes one. */
export function signCall(
  secret: string,
  call: Pick<Signed, 'method' | 'path' | 'type' | 'nonce'> & { readonly body: Uint8Array; readonly seconds: number },
): Record<string, string> {
  const sha256 = createHash('sha256').update(call.body).digest('hex');
  const timestamp = String(call.seconds);
  return {
    'content-type': call.type,
    'docusnap-timestamp': timestamp,
    'docusnap-nonce': call.nonce,
    'docusnap-content-sha256': sha256,
    'docusnap-signature': signatureOf(secret, { ...call, timestamp, sha256 }),
  };
}

/** Lets those through who sign with one of the secrets, each signature once. A replay is known to the process that it came to first. */
export function openSignatureProof(
  secrets: readonly string[],
  { nowSeconds = () => Date.now() / 1_000 }: { nowSeconds?: () => number } = {},
): Proof {
  const seen = openNonces();
  return (request) => {
    const { signature, ...signed } = readSignature(request);
    const now = nowSeconds();
    if (!(Math.abs(now - Number(signed.timestamp)) <= WINDOW_SECONDS)) {
      throw refused(`docusnap-timestamp is more than ${WINDOW_SECONDS} seconds off.`);
    }
    // All are compared, so that the time taken does not tell which one nearly was right.
    const matches = secrets.map((secret) => isEqual(signature, signatureOf(secret, signed)));
    if (!matches.includes(true)) throw refused('docusnap-signature is not that of this request.');
    if (!seen.isNew(signed.nonce, now)) throw refused('docusnap-nonce was used before.');
    return checkBody(request, signed.sha256);
  };
}

function readSignature(request: IncomingMessage & { originalUrl?: string }): Signed & { signature: string } {
  const header = (name: string, form: RegExp): string => {
    const value = request.headers[name];
    if (typeof value !== 'string' || !form.test(value)) throw refused(`The header ${name} is missing or malformed.`);
    return value;
  };
  return {
    method: request.method ?? '',
    path: request.originalUrl ?? request.url ?? '',
    type: request.headers['content-type'] ?? '',
    timestamp: header('docusnap-timestamp', /^\d{1,12}$/),
    nonce: header('docusnap-nonce', /^[A-Za-z0-9_-]{16,64}$/),
    sha256: header('docusnap-content-sha256', /^[0-9a-f]{64}$/),
    signature: header('docusnap-signature', /^v1=[0-9a-f]{64}$/),
  };
}

/** The body as it comes, digested on its way; what was signed is another body is known at its end. */
function checkBody(request: IncomingMessage, sha256: string): ReturnType<Proof> {
  const hash = createHash('sha256');
  const stream = new Transform({
    transform(bytes: Buffer, _encoding, done) {
      hash.update(bytes);
      done(null, bytes);
    },
  });
  request.once('error', (error) => stream.destroy(error));
  request.pipe(stream);
  return {
    stream,
    check() {
      if (!isEqual(hash.digest('hex'), sha256)) throw refused('The body is not the one that was signed.');
    },
    release: () => request.unpipe(stream),
  };
}

/** Both of the same alphabet; lengths are no secret. */
function isEqual(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
}

function refused(detail: string): AppError {
  return new AppError('caller_unproven', detail);
}

/** Nonces of requests that were signed rightly, which nobody else can make: as many as were made in twice the window. */
function openNonces() {
  let [young, old] = [new Set<string>(), new Set<string>()];
  let turnedAt = 0;
  return {
    isNew(nonce: string, now: number): boolean {
      // A timestamp may lie one window ahead and then stays good for two.
      if (now - turnedAt > 2 * WINDOW_SECONDS) {
        old = now - turnedAt > 4 * WINDOW_SECONDS ? new Set() : young;
        young = new Set();
        turnedAt = now;
      }
      if (young.has(nonce) || old.has(nonce)) return false;
      young.add(nonce);
      return true;
    },
  };
}
