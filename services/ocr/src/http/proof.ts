import { createHash, timingSafeEqual, X509Certificate } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import { TLSSocket } from 'node:tls';
import { AppError } from '@docusnap/contracts';

/** A body that may be read, by one who proved himself. */
export interface ProvenBody {
  readonly stream: Readable;
  /** Once it was read to its end. Throws caller_unproven where it is not the one that was vouched for. */
  check(): void;
  /** Lets go of the request, read or not. */
  release(): void;
}

/** How callers prove who they are. Throws caller_unproven. */
export type Proof = (request: IncomingMessage) => ProvenBody;

const asItIs = (request: IncomingMessage): ProvenBody => ({
  stream: request,
  check: () => undefined,
  release: () => undefined,
});

/** Whoever reaches the address may call. */
export const anyone: Proof = asItIs;

/** Those whose certificate the client CA signed, and of those, where names are given, who bears one of them. */
export function certificateProof(names: readonly string[]): Proof {
  return (request) => {
    const { socket } = request;
    const certificate = socket instanceof TLSSocket ? socket.getPeerCertificate() : undefined;
    if (!(socket instanceof TLSSocket) || !certificate?.raw)
      throw new AppError('caller_unproven', 'Show a client certificate.');
    if (!socket.authorized) {
      throw new AppError('caller_unproven', `The client certificate is not accepted: ${socket.authorizationError}.`);
    }
    const shown = new X509Certificate(certificate.raw);
    if (names.length > 0 && !names.some((name) => shown.checkHost(name) !== undefined)) {
      throw new AppError('caller_unproven', 'The client certificate bears none of the names that may call.');
    }
    return asItIs(request);
  };
}

/** Those who know the token. */
export function tokenProof(token: string): Proof {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  const wanted = digest(`Bearer ${token}`);
  return (request) => {
    // Digests have one length, so the comparison tells nothing, not even that.
    if (!timingSafeEqual(digest(request.headers.authorization ?? ''), wanted)) {
      throw new AppError('caller_unproven', 'Send Authorization: Bearer TOKEN.');
    }
    return asItIs(request);
  };
}
