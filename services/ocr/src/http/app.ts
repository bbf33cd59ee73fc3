import { type Checks, healthRoutes, type Logger } from '@docusnap/runtime';
import express, { type Express, type Request, type Response } from 'express';
import type { OcrMetrics } from '../metrics.ts';
import { openWaitingRoom } from '../readers/direct.ts';
import type { Readers } from '../readers/pool.ts';
import { notFound, problemAnswers } from './problem.ts';
import type { Proof } from './proof.ts';
import { type DirectOptions, readDirect, readForCnOcr } from './read.ts';

export interface AppOptions {
  readonly checks: Checks;
  readonly queueKind: string;
  readonly metrics: OcrMetrics;
  readonly log: Logger;
  readonly maxBytes: number;
  readonly maxPixels: number;
  /** How callers of `POST /v1/read` prove who they are. */
  readonly proof: Proof;
  /** How callers of the compatible calls do; undefined where there are none. */
  readonly compatProof: Proof | undefined;
  /** Whether the compatible calls have a port, and so an app, of their own. */
  readonly compatApart: boolean;
}

export interface Apps {
  /** `POST /v1/read`, `/healthz`, `/readyz`; and CnOCR's calls where they are not apart. */
  readonly internal: Express;
  /** CnOCR's `GET /` and `POST /ocr` alone. */
  readonly compat: Express | undefined;
}

/** The service's HTTP. Direct callers of both apps wait in one room. */
export function createApps(readers: Readers, options: AppOptions): Apps {
  const room = openWaitingRoom(readers);
  const { compatProof } = options;
  const internal = newApp();
  internal.use(healthRoutes(options.checks, () => describe(readers, options.queueKind)));
  internal.post('/v1/read', timed(readDirect, { ...options, room }));
  const compat = compatProof && options.compatApart ? newApp() : undefined;
  if (compatProof) {
    const app = compat ?? internal;
    // What back ends ask that were made for CnOCR's server.
    app.get('/', (_request, response) => void response.json({ message: 'Welcome to CnOCR Server!' }));
    app.post('/ocr', timed(readForCnOcr, { ...options, room, proof: compatProof }));
  }
  for (const app of [internal, compat]) app?.use(notFound).use(problemAnswers(options.log));
  return { internal, compat };
}

function newApp(): Express {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  return app;
}

function timed(read: typeof readDirect, direct: DirectOptions & Pick<AppOptions, 'metrics' | 'log'>) {
  return async (request: Request, response: Response) => {
    const started = performance.now();
    try {
      const { stages } = await read(direct, request, response);
      direct.metrics.directDone(stages);
      direct.log.info({ ms: Math.round(performance.now() - started), stages }, 'direct read ended');
    } catch (error) {
      direct.metrics.directFailed(error);
      throw error;
    }
  };
}

/** What `/readyz` tells besides its checks. */
function describe(readers: Readers, queueKind: string) {
  const { count, ready, busy, provider, models } = readers.state();
  return { provider, models, readers: { count, ready, busy }, queue: queueKind };
}
