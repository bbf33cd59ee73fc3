import { ERRORS, type ErrorCode } from '@docusnap/contracts';
import { RETRY_AFTER } from './problem.ts';
import type { Route } from './route.ts';

type Json = Record<string, unknown>;

const text = (description: string, more: Json = {}): Json => ({ description, schema: { type: 'string', ...more } });
/** Set in every such answer, not only in some. */
const always = (header: Json): Json => ({ ...header, required: true });

const IF_NONE_MATCH = text('The ETag of the answer that is there already: 304 when nothing has changed.');
const REQUEST_ID = text('Names the request in answers and logs; any other is replaced by one of ours.', {
  pattern: '^[A-Za-z0-9._-]{1,64}$',
});

/** What calls read beside their bodies, parameters and keys. */
const REQUEST: Readonly<Record<string, Readonly<Record<string, Json>>>> = {
  'get /v1/jobs/{id}': { 'If-None-Match': IF_NONE_MATCH },
  'get /v1/jobs/{id}/pages/{n}/image': { 'If-None-Match': IF_NONE_MATCH },
  'get /v1/jobs/{id}/events': { 'Last-Event-ID': text('The id of the last event seen: only later ones follow.') },
  'delete /v1/jobs/{id}': { Prefer: text('return=representation: the answer is the receipt.') },
};

const LOCATION = text('Where to go on asking; missing where there are several.', { format: 'uri-reference' });
const ETAG = text('Changes with every visible change.');
const SECONDS = { schema: { type: 'integer', minimum: 0 } };
const RETRY = { description: 'Seconds after which asking again makes sense.', ...SECONDS };
const PIXELS = { schema: { type: 'integer', minimum: 1 } };

/** What answers carry beside their bodies, by call and status. */
const ANSWER: Readonly<Record<string, Readonly<Record<string, Json>>>> = {
  'post /v1/jobs 200': { Location: LOCATION, ETag: ETAG },
  'post /v1/jobs 202': { Location: LOCATION, ETag: ETAG, 'Retry-After': RETRY },
  'get /v1/jobs/{id} 200': { ETag: always(ETAG), 'Retry-After': RETRY },
  'get /v1/jobs/{id} 304': { ETag: always(ETAG), 'Retry-After': RETRY },
  'post /v1/jobs/{id}/retry 202': { Location: always(LOCATION) },
  'post /v1/jobs/{id}/extractions 202': { Location: always(LOCATION) },
  'post /v1/jobs/{id}/cancel 200': { Location: always(LOCATION) },
  'delete /v1/jobs/{id} 202': { Location: always(LOCATION) },
  'post /v1/batches 202': { Location: always(LOCATION) },
  'post /v1/keys 201': { Location: always(LOCATION) },
  'post /v1/tenants 201': { Location: always(LOCATION) },
  'post /v1/webhooks 201': { Location: always(LOCATION) },
  'get /v1/jobs/{id}/result 200': {
    'X-Pages-Total': always({ description: 'Pages of the job.', ...SECONDS }),
    'X-Pages-Read': always({ description: 'Pages of it that were read.', ...SECONDS }),
  },
  'get /v1/jobs/{id}/pages/{n}/image 200': {
    ETag: always(ETAG),
    'X-Image-Width': always({ description: 'Pixels of the picture.', ...PIXELS }),
    'X-Image-Height': always({ description: 'Pixels of the picture.', ...PIXELS }),
  },
};

const keyOf = ({ method, path }: Pick<Route, 'method' | 'path'>): string => `${method} ${path}`;

/** Headers of requests, as OpenAPI lists parameters. */
export function headerParameters(route: Route): Json[] {
  const named = { ...REQUEST[keyOf(route)], 'X-Request-Id': REQUEST_ID };
  return Object.entries(named).map(([name, header]) => ({ name, in: 'header', ...header }));
}

/** Headers of a good answer. */
export function answerHeaders(route: Route, status: string): Json {
  return { ...ANSWER[`${keyOf(route)} ${status}`], 'X-Request-Id': always(REQUEST_ID) };
}

/** Headers of a problem document with one of these codes. */
export function problemDocHeaders(codes: readonly ErrorCode[]): Json {
  const again = codes.some((code) => RETRY_AFTER[code] !== undefined || ERRORS[code].retryable);
  return {
    'X-Request-Id': always(REQUEST_ID),
    ...(again && { 'Retry-After': RETRY }),
    ...(codes.includes('unauthorized') && { 'WWW-Authenticate': text('Bearer.') }),
  };
}
