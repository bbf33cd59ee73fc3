import { inCurl } from './in-curl.ts';
import { inPython } from './in-python.ts';
import { inTypeScript } from './in-typescript.ts';
import type { Sample } from './sample.ts';

const INVOICE_SCHEMA = {
  type: 'object',
  properties: { date: { type: 'string', format: 'date' }, total: { type: 'number' } },
};

/** By route. `:id` and the like of the path are filled in. */
export const SAMPLES: Readonly<Record<string, Omit<Sample, 'method'>>> = {
  'post /v1/jobs': { path: '/v1/jobs?wait=30', form: {}, accept: 'text/plain' },
  'get /v1/jobs': { path: '/v1/jobs?status=completed&limit=5' },
  'get /v1/jobs/{id}': { path: '/v1/jobs/JOB_ID?wait=60' },
  'get /v1/jobs/{id}/events': { path: '/v1/jobs/JOB_ID/events' },
  'get /v1/jobs/{id}/result': { path: '/v1/jobs/JOB_ID/result?format=markdown', keep: 'invoice.md' },
  'get /v1/jobs/{id}/pages': { path: '/v1/jobs/JOB_ID/pages?status=failed' },
  'get /v1/jobs/{id}/pages/{n}': { path: '/v1/jobs/JOB_ID/pages/1' },
  'post /v1/jobs/{id}/extractions': {
    path: '/v1/jobs/JOB_ID/extractions',
    json: { task: 'extract', schema: INVOICE_SCHEMA },
  },
  'post /v1/batches': { path: '/v1/batches', form: { metadata: '{"month":"October"}' } },
  'post /v1/webhooks': {
    path: '/v1/webhooks',
    json: { url: 'https://example.com/hook', events: ['job.completed', 'job.failed'] },
  },
  'post /v1/keys': { path: '/v1/keys', json: { name: 'scanner', scopes: ['write'], limits: { pages_per_day: 1000 } } },
  'get /v1/usage': { path: '/v1/usage?group_by=day,key' },
  'delete /v1/jobs/{id}': { path: '/v1/jobs/JOB_ID' },
};

const LANGUAGES = [
  { lang: 'curl', write: inCurl },
  { lang: 'TypeScript', write: inTypeScript },
  { lang: 'Python', write: inPython },
] as const;

/** The samples of a call, as viewers of OpenAPI documents take them; undefined where it has none. */
export function samplesOf(route: {
  readonly method: string;
  readonly path: string;
}): { lang: string; source: string }[] | undefined {
  const sample = SAMPLES[`${route.method} ${route.path}`];
  return (
    sample &&
    LANGUAGES.map(({ lang, write }) => ({ lang, source: write({ ...sample, method: route.method.toUpperCase() }) }))
  );
}
