import { AppError, type Caller, type ErrorCode, type Scope } from '@docusnap/contracts';
import type { Request, Response } from 'express';
import { z } from 'zod';
import { explain } from './explain.ts';
import { carryOutOnce, type Once, type OnceManner } from './once/once.ts';
import type { Ports } from './ports.ts';

/** A body by its media types; `schema` null where the body is not JSON. */
export interface BodyDoc {
  readonly description: string;
  readonly content: Readonly<Record<string, z.ZodType | null>>;
}

/** A body of JSON. */
export const json = (description: string, schema: z.ZodType): BodyDoc => ({
  description,
  content: { 'application/json': schema },
});

/** What a request brings to a handler, checked. */
export interface Call<Query> {
  readonly request: Request;
  readonly response: Response;
  readonly query: Query;
  readonly caller: Caller;
  /** Of a POST with an Idempotency-Key, for handlers that know their request again themselves. */
  readonly once?: Once | undefined;
}

interface Shape<Query extends z.ZodObject> {
  readonly method: 'get' | 'post' | 'patch' | 'delete';
  /** As OpenAPI writes it: `/v1/jobs/{id}`. */
  readonly path: string;
  readonly summary: string;
  readonly query?: Query;
  readonly body?: BodyDoc;
  readonly answers: Readonly<Record<number, BodyDoc | string>>;
  readonly errors: readonly ErrorCode[];
  /** Of a POST: how it deals with an Idempotency-Key; `answer` unless given. */
  readonly once?: OnceManner;
  /** Of a route without a key: taken down like those with one, as who its handler finds it to be. */
  readonly isAudited?: boolean;
}

/** One line of the route table: the router and the OpenAPI document are both made from it. */
export interface Route extends Shape<z.ZodObject> {
  /** What the caller's key must be allowed; null where no key is needed. */
  readonly scope: Scope | null;
  readonly handle: (ports: Ports, request: Request, response: Response, caller: Caller | null) => Promise<void>;
}

const ONCE_ERRORS = ['idempotency_key_reused', 'idempotency_key_in_use', 'idempotency_answer_withheld'] as const;

const NoQuery = z.strictObject({});

/** What may go wrong with every call that needs a key. */
const KEYED_ERRORS = [
  'unauthorized',
  'forbidden',
  'tenant_suspended',
  'too_many_requests',
  'identity_unavailable',
  'database_unavailable',
  'internal',
] as const;

/** What may be refused of a body for want of room, and of one that holds files. */
const BODY_ERRORS = ['gateway_busy', 'memory_low'] as const;
const FILES_ERRORS = ['disk_low', 'queue_full', 'tenant_queue_full', 'larger_than_queue'] as const;

/** Whether files may come with it. */
export function takesFiles({ body }: { readonly body?: BodyDoc | undefined }): boolean {
  return body?.content['multipart/form-data'] !== undefined;
}

/** A route that needs a key with `scope`. Its query is validated by its schema before the handler sees it; unknown parameters are refused. */
export function keyedRoute<Query extends z.ZodObject = typeof NoQuery>(
  shape: Shape<Query> & {
    readonly scope: Scope;
    readonly handler: (ports: Ports, call: Call<z.output<Query>>) => Promise<void>;
  },
): Route {
  const { handler, ...rest } = shape;
  const schema = shape.query ?? NoQuery;
  /** What a request without a query asks for, as most are; undefined where there has to be one. */
  const nothing = emptyQuery(schema);
  const queryOf = (request: Request) =>
    nothing === undefined || /[?%\0]/.test(request.url) ? readQuery(schema, request) : nothing;
  return {
    ...rest,
    errors: [
      ...shape.errors,
      ...(shape.method === 'post' ? ONCE_ERRORS : []),
      ...(shape.body ? BODY_ERRORS : []),
      ...(takesFiles(shape) ? FILES_ERRORS : []),
      'bad_request',
      ...KEYED_ERRORS,
    ],
    handle: async (ports, request, response, caller) => {
      if (!caller) throw new AppError('unauthorized');
      const query = queryOf(request) as z.output<Query>;
      const call = { request, response, query, caller };
      if (shape.method === 'post') await carryOutOnce(ports, shape, call, handler);
      else await handler(ports, call);
    },
  };
}

/** A route that anybody may call. */
export function publicRoute(
  shape: Shape<z.ZodObject> & {
    readonly handler: (ports: Ports, request: Request, response: Response) => Promise<void>;
  },
): Route {
  const { handler, ...rest } = shape;
  return { ...rest, scope: null, handle: (ports, request, response) => handler(ports, request, response) };
}

/** Undefined where the schema wants something. */
function emptyQuery(schema: z.ZodObject): unknown {
  const { data } = schema.safeParse({});
  return data && Object.freeze(data);
}

function readQuery(schema: z.ZodObject, request: Request): unknown {
  // PostgreSQL has no such character in any text, so nothing could be asked with it.
  if (/%00|\0/.test(request.url)) throw new AppError('bad_request', 'The query holds the character U+0000.');
  const parsed = schema.safeParse({ ...request.query });
  if (!parsed.success) throw new AppError('bad_request', explain(parsed.error));
  return parsed.data;
}

/** A part of the path, such as `id` of `/v1/jobs/{id}`. */
export function pathPart(request: Request, name: string): string {
  const value = request.params[name];
  return typeof value === 'string' ? value : '';
}

export const UUID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i;

/** The id in the path; what is no id at all is answered like one that nothing has, with `missing`. */
export function idOf(request: Request, missing: ErrorCode): string {
  const id = pathPart(request, 'id');
  if (!UUID.test(id)) throw new AppError(missing);
  return id.toLowerCase();
}
