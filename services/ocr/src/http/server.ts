import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { ConfigError } from '@docusnap/runtime';
import type { OcrConfig } from '../config.ts';
import { anyone, certificateProof, type Proof, tokenProof } from './proof.ts';
import { openSignatureProof } from './signature.ts';

/** Milliseconds a direct caller may take to send its image. */
const UPLOAD_MS = 60_000;

/** How callers of POST /v1/read prove who they are. */
export function internalProof(config: OcrConfig): Proof {
  if (config.INTERNAL_AUTH === 'hmac') return openSignatureProof(config.INTERNAL_SECRET ?? []);
  if (config.INTERNAL_AUTH === 'mtls') return certificateProof(config.INTERNAL_CLIENT_NAMES);
  return anyone;
}

/** How callers of the compatible calls do, which know of nothing but perhaps a token; undefined where they are not answered. */
export function compatProof({ OCR_COMPAT, OCR_COMPAT_TOKEN }: OcrConfig): Proof | undefined {
  if (OCR_COMPAT === 'off') return undefined;
  return OCR_COMPAT_TOKEN === undefined ? anyone : tokenProof(OCR_COMPAT_TOKEN);
}

export function createPlainServer(app: RequestListener): Server {
  return createServer({ requestTimeout: UPLOAD_MS }, app);
}

/** The server of the internal HTTP, with TLS where callers show certificates. Throws ConfigError where what it is given is no certificate or key. */
export function createInternalServer(app: RequestListener, config: OcrConfig): Server {
  if (config.INTERNAL_AUTH !== 'mtls') return createPlainServer(app);
  const { INTERNAL_TLS_CERT: cert, INTERNAL_TLS_KEY: key, INTERNAL_CLIENT_CA: ca } = config;
  try {
    return createTlsServer(
      {
        requestTimeout: UPLOAD_MS,
        cert,
        key,
        ca,
        minVersion: 'TLSv1.2',
        requestCert: true,
        // Who has no certificate may ask for /healthz and /readyz, as a kubelet does, and is refused everything else with a code.
        rejectUnauthorized: false,
      },
      app,
    );
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ConfigError(`INTERNAL_TLS_CERT, INTERNAL_TLS_KEY and INTERNAL_CLIENT_CA cannot be used: ${reason}.`);
  }
}
