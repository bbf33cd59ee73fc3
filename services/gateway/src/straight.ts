import { type Database, versionAhead } from '@docusnap/db';
import type { Request, RequestHandler, Response } from 'express';
import { notesOf } from './request-log.ts';
import type { Route } from './route.ts';

/** `/v1/jobs/` and an id, with or without a query. What is written otherwise, such as escaped, the router finds. */
const POLLED = /^\/v1\/jobs\/([0-9a-fA-F-]{36})(?:\?|$)/;
const POLLED_PATH = '/v1/jobs/{id}';

/**
 * Takes polls to their route without looking through the others: they are nearly all there is, and finding it was a tenth of answering one. All
 * else of them is as of any request: what comes before the routes, the route's own handler, and where its errors go. The version of the job is asked for
 * together with the key.
 */
export function straightToPolls(
  db: Database,
  routes: readonly Route[],
  handlerOf: (route: Route) => (request: Request, response: Response) => Promise<void>,
): RequestHandler {
  const route = routes.find(({ method, path }) => method === 'get' && path === POLLED_PATH);
  if (!route) throw new Error(`Expected a route of GET ${POLLED_PATH}`);
  const handle = handlerOf(route);
  return (request, response, next) => {
    const id = request.method === 'GET' ? POLLED.exec(request.url)?.[1] : undefined;
    if (id === undefined) {
      next();
      return;
    }
    request.params = { id };
    notesOf(response).version = versionAhead(db, id.toLowerCase());
    handle(request, response).catch(next);
  };
}
