import { AppError } from '@docusnap/contracts';
import { pingDatabase } from '@docusnap/db';
import type { Checks } from '@docusnap/runtime';
import express, { type Express, type Request, type Response } from 'express';
import { auditRequest } from './audit/note-request.ts';
import { admit, recognise } from './authenticate.ts';
import { serveConsole } from './console/serve.ts';
import { docuSnapV1Routes } from './docusnap-v1/routes.ts';
import { answerError } from './errors.ts';
import { crossOrigin, securityHeaders } from './http/answer-headers.ts';
import { inTurn } from './http/in-turn.ts';
import { refuseOddRequests, refuseUnwantedBody } from './http/odd-requests.ts';
import type { Ports } from './ports.ts';
import { makeRoom } from './pressure/make-room.ts';
import { publicRoutes } from './public-routes.ts';
import { serveReference } from './reference/serve.ts';
import { notesOf, requestLog } from './request-log.ts';
import { pathPart, type Route, UUID } from './route.ts';
import { KEYED_ROUTES } from './routes.ts';
import { straightToPolls } from './straight.ts';
import { VERSION } from './version.ts';

/** Every call there is. */
export function routesOf(ports: Ports): readonly Route[] {
  const routes = [...KEYED_ROUTES, ...(ports.docuSnapV1 ? docuSnapV1Routes(ports.docuSnapV1) : [])];
  return [...routes, ...publicRoutes(checksOf(ports), routes, VERSION)];
}

/** What stands around the gateway. */
export interface Surroundings {
  /** Networks whose word about the client's address is taken. */
  readonly trustedProxies?: readonly string[];
  /** Origins whose pages may call the API. */
  readonly corsOrigins?: readonly string[];
}

/** The whole API as an Express application; listening, and opening and closing what it needs, is the caller's. */
export function createApp(ports: Ports, { trustedProxies = [], corsOrigins = [] }: Surroundings = {}): Express {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.set('trust proxy', trustedProxies.length === 0 ? false : trustedProxies);
  app.set('case sensitive routing', true);
  const routes = routesOf(ports);
  app.use(
    inTurn([
      requestLog(ports),
      securityHeaders(),
      ...(corsOrigins.length > 0 ? [crossOrigin(corsOrigins)] : []),
      refuseOddRequests,
      straightToPolls(ports.db, routes, (route) => handlerOf(ports, route)),
    ]),
  );
  for (const route of routes) app[route.method](expressPath(route.path), handlerOf(ports, route));
  for (const [path, methods] of methodsByPath(routes)) app.all(expressPath(path), refuseMethod(path, methods));
  if (ports.console) {
    app.get('/docs', serveReference(ports.console));
    app.use(serveConsole(ports.console));
  }
  app.use(() => {
    throw new AppError('not_found');
  });
  app.use(answerError);
  return app;
}

function handlerOf(ports: Ports, route: Route) {
  return (request: Request, response: Response): Promise<void> => {
    const notes = notesOf(response);
    notes.route = route.path;
    if (route.path.startsWith('/v1/jobs/{id}')) notes.job = knownId(request);
    return ports.running.track(handle(ports, route, request, response));
  };
}

async function handle(ports: Ports, route: Route, request: Request, response: Response): Promise<void> {
  if (route.body === undefined) refuseUnwantedBody(request);
  const handled = auditRequest(ports, route, request, response);
  try {
    if (route.scope === null) return await route.handle(ports, request, response, null);
    const caller = await recognise(ports, request);
    notesOf(response).caller = caller;
    await admit(ports, caller, route.scope);
    if (route.body !== undefined) await makeRoom(ports, route, request, response, caller);
    await route.handle(ports, request, response, caller);
  } catch (error) {
    ports.pressure.count(error);
    throw error;
  } finally {
    handled();
  }
}

/** What is no id stands in no log: it may be anything. */
function knownId(request: Request): string | undefined {
  const id = pathPart(request, 'id');
  return UUID.test(id) ? id.toLowerCase() : undefined;
}

/** What a process that answers, or understands, cannot do without. */
export function checksOf(ports: Pick<Ports, 'db' | 'blobs' | 'queue'>): Checks {
  return {
    database: { required: true, run: () => pingDatabase(ports.db) },
    storage: { required: true, run: () => ports.blobs.check() },
    // Without bells the sweep of the workers still finds all work, only later.
    queue: { required: false, run: () => ports.queue.ping() },
  };
}

/** OpenAPI's `{id}` is Express's `:id`. */
function expressPath(path: string): string {
  return path.replaceAll(/\{(\w+)\}/g, ':$1');
}

function methodsByPath(routes: readonly Route[]): Map<string, string[]> {
  const byPath = Map.groupBy(routes, (route) => route.path);
  return new Map(
    [...byPath].map(([path, ofPath]) => {
      const methods = ofPath.map((route) => route.method.toUpperCase());
      return [path, methods.includes('GET') ? [...methods, 'HEAD'] : methods];
    }),
  );
}

function refuseMethod(path: string, methods: readonly string[]) {
  return (_request: Request, response: Response): void => {
    const notes = notesOf(response);
    notes.route = path;
    notes.isMeasured = false;
    response.set('allow', methods.join(', '));
    throw new AppError('method_not_allowed', `It answers ${methods.join(', ')}.`);
  };
}
