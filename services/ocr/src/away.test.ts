import { type BreakableProxy, breakableProxy, describeNeeding } from '@docusnap/testing';
import { expect, test } from '@jest/globals';
import { startReplica } from './rehearsal/replica.ts';
import { openStage, type Stage } from './rehearsal/stage.ts';

const PAGES = 30;
/** Milliseconds for which the database or the queue is away: shorter than a lease, longer than any patience but that of statements. */
const AWAY_MS = 2_500;

for (const [kind, how] of [
  ['postgres', 'swallow'],
  ['redis', 'cut'],
] as const) {
  describeNeeding(kind === 'redis' ? 'redis-server' : null, `an ocr service with its queue on ${kind}`, () => {
    test(`survives the absence of its database and its queue, and goes on without a restart (${how})`, async () => {
      const stage = await openStage(kind);
      const { proxies, environment } = await behindProxies(stage);
      const replica = await startReplica({ ...stage, environment });
      const jobId = await stage.submit([{ frames: PAGES, holdMs: 20 }]);
      await stage.until(jobId, ({ pagesDone }) => pagesDone > 5);
      for (const proxy of proxies) await proxy[how]();
      expect((await fetch(`${replica.url}/readyz`)).status).toBe(503);
      await new Promise((resolve) => setTimeout(resolve, AWAY_MS));
      for (const proxy of proxies) {
        await proxy.cut();
        await proxy.mend();
      }
      expect(await stage.ended(jobId)).toMatchObject({ status: 'completed', pagesDone: PAGES, pagesFailed: 0 });
      const after = await stage.submit([{ frames: 2 }]);
      expect(await stage.ended(after)).toMatchObject({ status: 'completed', pagesDone: 2 });
      await replica.stop();
      for (const proxy of proxies) await proxy.close();
      await stage.close();
    });
  });
}

/** The stage's servers as the service sees them. */
async function behindProxies({ environment }: Stage): Promise<{
  proxies: BreakableProxy[];
  environment: Record<string, string>;
}> {
  const proxies: BreakableProxy[] = [];
  const proxied: Record<string, string> = { ...environment };
  for (const name of ['DATABASE_WORKER_URL', 'REDIS_URL']) {
    const url = environment[name];
    if (url === undefined) continue;
    const proxy = await breakableProxy(url);
    proxies.push(proxy);
    proxied[name] = proxy.url;
  }
  return { proxies, environment: proxied };
}
