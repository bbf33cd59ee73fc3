import { type Response, Router } from 'express';

/** What a process needs, by name. A failed required check makes it not ready; any other only degraded. */
export type Checks = Readonly<Record<string, { readonly required: boolean; readonly run: () => Promise<unknown> }>>;

export interface HealthAnswer {
  readonly status: 200 | 503;
  readonly body: Readonly<Record<string, unknown>>;
}

const CHECK_MS = 2_000;
const SHARED_MS = 1_000;

/** `/healthz`: that this answers is all it says. */
export function alive(): HealthAnswer {
  return { status: 200, body: { alive: true } };
}

/** `/readyz`: `{ready, checks: {database: 'ok', queue: 'degraded'}}`, 503 when a required check says `failed`. A check has two seconds. */
export async function readiness(checks: Checks): Promise<HealthAnswer> {
  const states = await Promise.all(
    Object.entries(checks).map(async ([name, { required, run }]) => {
      const passed = await passes(run);
      return [name, passed ? 'ok' : required ? 'failed' : 'degraded'] as const;
    }),
  );
  const ready = states.every(([, state]) => state !== 'failed');
  return { status: ready ? 200 : 503, body: { ready, checks: Object.fromEntries(states) } };
}

/** Why a check failed is for the log of what it checks; callers without an API key learn only that it did. */
async function passes(run: () => Promise<unknown>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), CHECK_MS);
  });
  const checked = Promise.try(run).then(
    () => true,
    () => false,
  );
  try {
    return await Promise.race([checked, timeout]);
  } finally {
    clearTimeout(timer);
  }
}

/** Answers `/healthz` and `/readyz`; undefined for any other path. */
export function openHealth(checks: Checks): (path: string) => Promise<HealthAnswer> | undefined {
  // Public, so that one look serves all who ask within a second: the checks reach the database, the disk and the queue.
  let looked: { at: number; answer: Promise<HealthAnswer> } | undefined;
  return (path) => {
    if (path === '/healthz') return Promise.resolve(alive());
    if (path !== '/readyz') return undefined;
    if (!looked || performance.now() - looked.at > SHARED_MS)
      looked = { at: performance.now(), answer: readiness(checks) };
    return looked.answer;
  };
}

/** `GET /healthz` and `GET /readyz`; `details` are put into the body of the latter. */
export function healthRoutes(checks: Checks, details: () => Readonly<Record<string, unknown>> = () => ({})): Router {
  const router = Router();
  const health = openHealth(checks);
  router.get('/healthz', (_request, response) => answer(response, alive()));
  router.get('/readyz', async (_request, response) => {
    const { status, body } = (await health('/readyz')) as HealthAnswer;
    answer(response, { status, body: { ...body, ...details() } });
  });
  return router;
}

function answer(response: Response, { status, body }: HealthAnswer): void {
  response.status(status).set('cache-control', 'no-store').json(body);
}
