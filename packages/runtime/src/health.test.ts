import { createServer } from 'node:http';
import { afterEach, describe, expect, jest, test } from '@jest/globals';
import express from 'express';
import { healthRoutes, readiness } from './health.ts';
import { listen } from './listen.ts';

const passing = async (): Promise<void> => {};
const failing = async (): Promise<void> => {
  throw new Error('postgres://docusnap:secret@host refused');
};

describe('readiness', () => {
  afterEach(() => {
    jest.useRealTimers();
  });

  test('is given while all required checks pass; others only degrade it', async () => {
    const checks = { database: { required: true, run: passing }, queue: { required: false, run: failing } };
    expect(await readiness(checks)).toEqual({
      status: 200,
      body: { ready: true, checks: { database: 'ok', queue: 'degraded' } },
    });
  });

  test('is not given when a required check fails, and nothing of the reason is shown', async () => {
    const answer = await readiness({
      database: { required: true, run: failing },
      queue: { required: false, run: passing },
    });
    expect(answer).toEqual({ status: 503, body: { ready: false, checks: { database: 'failed', queue: 'ok' } } });
  });

  test('takes a check that throws at once, and one that does not answer in two seconds, as failed', async () => {
    jest.useFakeTimers();
    const answer = readiness({
      database: {
        required: true,
        run: () => {
          throw new Error('no pool');
        },
      },
      storage: { required: true, run: () => new Promise(() => {}) },
    });
    await jest.advanceTimersByTimeAsync(2_000);
    expect((await answer).body).toEqual({ ready: false, checks: { database: 'failed', storage: 'failed' } });
  });
});

test('the routes answer with status, body and details, and are not to be cached', async () => {
  const app = express();
  app.use(healthRoutes({ database: { required: true, run: failing } }, () => ({ provider: 'cpu' })));
  const server = createServer(app);
  const port = await listen(server, { host: '127.0.0.1', port: 0, variable: 'PORT' });
  const alive = await fetch(`http://127.0.0.1:${port}/healthz`);
  expect([alive.status, await alive.json()]).toEqual([200, { alive: true }]);
  const ready = await fetch(`http://127.0.0.1:${port}/readyz`);
  expect([ready.status, await ready.json()]).toEqual([
    503,
    { ready: false, checks: { database: 'failed' }, provider: 'cpu' },
  ]);
  expect(ready.headers.get('cache-control')).toBe('no-store');
  server.closeAllConnections();
  server.close();
});
