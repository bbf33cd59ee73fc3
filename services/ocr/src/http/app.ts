import { toAppError } from '@docusnap/contracts';
import { type Checks, epochMs, healthRoutes, type Logger, type Traces } from '@docusnap/runtime';
import express, { type Express, type Request, type Response } from 'express';
import type { OcrMetrics } from '../metrics.ts';
import { openWaitingRoom } from '../readers/direct.ts';
import type { Readers } from '../readers/pool.ts';
import { tellStages } from '../trace-stages.ts';
import { readCompatible } from './compat/read.ts';
import { notFound, problemAnswers } from './problem.ts';
import type { Proof } from './proof.ts';
import { type DirectOptions, readDirect } from './read.ts';

export interface AppOptions {
  readonly checks: Checks;
  readonly queueKind: string;
  readonly metrics: OcrMetrics;
  readonly traces: Traces;
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
  /** `POST /v1/read`, `/healthz`, `/readyz`; and the compatible calls where they are not apart. */
  readonly internal: Express;
  /** The compatible `GET /` and `POST /ocr` alone. */
  readonly compat: Express | undefined;
}

/** The service's HTTP. Direct callers of both apps wait in one room. */
export function createApps(readers: Readers, options: AppOptions): Apps {
  const room = openWaitingRoom(readers, { imageBytes: options.maxBytes });
  const { compatProof } = options;
  const internal = newApp();
  internal.use(healthRoutes(options.checks, () => describe(readers, options.queueKind)));
  internal.post('/v1/read', timed(readDirect, { ...options, room }));
  const compat = compatProof && options.compatApart ? newApp() : undefined;
  if (compatProof) {
    const app = compat ?? internal;
    // What back ends ask that were made for CnOCR's server, and for others that have the same call.
    app.get('/', (_request, response) => void response.json({ message: 'Welcome to CnOCR Server!' }));
    app.post('/ocr', timed(readCompatible, { ...options, room, proof: compatProof }));
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

function timed(read: typeof readDirect, direct: DirectOptions & Pick<AppOptions, 'metrics' | 'traces' | 'log'>) {
  return async (request: Request, response: Response) => {
    const started = epochMs();
    const span = direct.traces.begin('direct read', {
      parent: request.get('traceparent'),
      kind: 'server',
      at: started,
    });
    const { traceId: trace_id } = span;
    try {
      const { stages } = await read(direct, request, response);
      direct.metrics.directDone(stages);
      tellStages(direct.traces, span, stages, started);
      span.end();
      direct.log.info({ trace_id, ms: Math.round(epochMs() - started), stages }, 'direct read ended');
    } catch (error) {
      const { code } = toAppError(error);
      direct.metrics.directFailed(error);
      span.end({ failure: code });
      // It was answered in the words that the caller knows.
      if (response.headersSent) return direct.log.info({ trace_id, code }, 'direct read failed');
      throw error;
    }
  };
}

/** What `/readyz` tells besides its checks. */
function describe(readers: Readers, queueKind: string) {
  const { count, ready, busy, provider, models } = readers.state();
  return { provider, models, readers: { count, ready, busy }, queue: queueKind };
}
