import { alive, type Checks, type HealthAnswer, readiness } from '@docusnap/runtime';
import type { Response } from 'express';
import { z } from 'zod';
import { openApiDocument } from './openapi.ts';
import { publicRoute, type Route } from './route.ts';

const Alive = z.object({ alive: z.literal(true) });
const Ready = z.object({
  ready: z.boolean(),
  checks: z.record(z.string(), z.enum(['ok', 'degraded', 'failed'])),
});

/** Health, and the OpenAPI document of all routes, these included. No key is needed. */
export function publicRoutes(checks: Checks, keyed: readonly Route[], version: string): readonly Route[] {
  const json = (description: string, schema: z.ZodType) => ({ description, content: { 'application/json': schema } });
  const routes: Route[] = [
    publicRoute({
      method: 'get',
      path: '/healthz',
      summary: 'Whether the process is alive',
      answers: { 200: json('It is.', Alive) },
      errors: [],
      handler: async (_ports, _request, response) => answer(response, alive()),
    }),
    publicRoute({
      method: 'get',
      path: '/readyz',
      summary: 'Whether the service can do its work, and what of it cannot be reached',
      answers: { 200: json('It can.', Ready), 503: json('It cannot.', Ready) },
      errors: [],
      handler: async (_ports, _request, response) => answer(response, await readiness(checks)),
    }),
    publicRoute({
      method: 'get',
      path: '/openapi.json',
      summary: 'This document',
      answers: { 200: json('OpenAPI 3.1.', z.record(z.string(), z.unknown())) },
      errors: [],
      handler: async (_ports, _request, response) => void response.json(document),
    }),
  ];
  const document = openApiDocument([...keyed, ...routes], version);
  return routes;
}

function answer(response: Response, { status, body }: HealthAnswer): void {
  response.status(status).set('cache-control', 'no-store').json(body);
}
