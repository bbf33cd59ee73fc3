import { AppError, type Caller, type ErrorCode, type Scope } from '@docusnap/contracts';
import type { Request, Response } from 'express';
import { z } from 'zod';
import { explain } from './explain.ts';
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
}

interface Shape<Query extends z.ZodObject> {
  readonly method: 'get' | 'post' | 'delete';
  /** As OpenAPI writes it: `/v1/jobs/{id}`. */
  readonly path: string;
  readonly summary: string;
  readonly query?: Query;
  readonly body?: BodyDoc;
  readonly answers: Readonly<Record<number, BodyDoc | string>>;
  readonly errors: readonly ErrorCode[];
}

/** One line of the route table: the router and the OpenAPI document are both made from it. */
export interface Route extends Shape<z.ZodObject> {
  /** What the caller's key must be allowed; null where no key is needed. */
  readonly scope: Scope | null;
  readonly handle: (ports: Ports, request: Request, response: Response, caller: Caller | null) => Promise<void>;
}

const NoQuery = z.strictObject({});

/** A route that needs a key with `scope`. Its query is validated by its schema before the handler sees it; unknown parameters are refused. */
export function keyedRoute<Query extends z.ZodObject = typeof NoQuery>(
  shape: Shape<Query> & {
    readonly scope: Scope;
    readonly handler: (ports: Ports, call: Call<z.output<Query>>) => Promise<void>;
  },
): Route {
  const { handler, ...rest } = shape;
  return {
    ...rest,
    errors: [...shape.errors, 'bad_request', 'unauthorized', 'forbidden', 'database_unavailable', 'internal'],
    handle: async (ports, request, response, caller) => {
      if (!caller) throw new AppError('unauthorized');
      const query = readQuery(shape.query ?? NoQuery, request) as z.output<Query>;
      await handler(ports, { request, response, query, caller });
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

const UUID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i;

/** The id in the path; what is no id at all is answered like one that nothing has, with `missing`. */
export function idOf(request: Request, missing: ErrorCode): string {
  const id = pathPart(request, 'id');
  if (!UUID.test(id)) throw new AppError(missing);
  return id.toLowerCase();
}
