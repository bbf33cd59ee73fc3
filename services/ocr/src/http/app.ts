import { type Checks, healthRoutes, type Logger } from '@docusnap/runtime';
import express, { type Express, type Request, type Response } from 'express';
import type { OcrMetrics } from '../metrics.ts';
import { openWaitingRoom } from '../readers/direct.ts';
import type { Readers } from '../readers/pool.ts';
import { notFound, problemAnswers } from './problem.ts';
import { readDirect, readForCnOcr } from './read.ts';

export interface AppOptions {
  readonly checks: Checks;
  readonly queueKind: string;
  readonly metrics: OcrMetrics;
  readonly log: Logger;
  readonly maxBytes: number;
  readonly maxPixels: number;
}

/** The service's internal HTTP: `POST /v1/read`, CnOCR's `GET /` and `POST /ocr`, `/healthz`, `/readyz`. */
export function createApp(readers: Readers, options: AppOptions): Express {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.use(healthRoutes(options.checks, () => describe(readers, options.queueKind)));
  const direct = { room: openWaitingRoom(readers), maxBytes: options.maxBytes, maxPixels: options.maxPixels };
  const timed = (read: typeof readDirect) => async (request: Request, response: Response) => {
    const started = performance.now();
    try {
      const { stages } = await read(direct, request, response);
      options.metrics.directDone(stages);
      options.log.info({ ms: Math.round(performance.now() - started), stages }, 'direct read ended');
    } catch (error) {
      options.metrics.directFailed(error);
      throw error;
    }
  };
  app.post('/v1/read', timed(readDirect));
  // What back ends ask that were made for CnOCR's server.
  app.get('/', (_request, response) => void response.json({ message: 'Welcome to CnOCR Server!' }));
  app.post('/ocr', timed(readForCnOcr));
  app.use(notFound);
  app.use(problemAnswers(options.log));
  return app;
}

/** What `/readyz` tells besides its checks. */
function describe(readers: Readers, queueKind: string) {
  const { count, ready, busy, provider, models } = readers.state();
  return { provider, models, readers: { count, ready, busy }, queue: queueKind };
}
