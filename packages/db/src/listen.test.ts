import { connect, createServer, type Socket } from 'node:net';
import { freePort } from '@docusnap/testing';
import { expect, test } from '@jest/globals';
import { eraseJob } from './jobs.ts';
import { listenForJobs, type OnJob } from './listen.ts';
import { savePage } from './save.ts';
import { asOwner, claim, inScene, onEachPostgres, READ, type Scene, submit, submitOpened } from './test-jobs.ts';

onEachPostgres('listening', (version) => {
  test('tells of each change of a job: first claim, opened, page saved, erased', () =>
    inScene(version, async (scene) => {
      const heard = inbox();
      const listener = await listenForJobs(scene.database.directApiUrl, heard.put, { onReconnect: () => undefined });
      const id = await submit(scene);
      await claim(scene);
      expect(await heard.next()).toBe(`${id} 2 running`);
      const opened = await submitOpened(scene, 1);
      expect(await heard.next()).toBe(`${opened} 2 running`);
      await savePage(scene.worker, await claim(scene), READ);
      expect(await heard.next()).toBe(`${opened} 3 ended`);
      await eraseJob(scene.api, scene.tenantId, id);
      expect(await heard.next()).toBe(id);
      await listener.close();
    }));

  test('comes back by itself when the server ends its connection', () =>
    inScene(version, async (scene) => {
      const heard = inbox();
      const back = Promise.withResolvers<void>();
      const errors: Error[] = [];
      const listener = await listenForJobs(scene.database.directWorkerUrl, heard.put, {
        onReconnect: back.resolve,
        onError: (error) => errors.push(error),
      });
      expect(await endListeners(scene)).toBe(1);
      await back.promise;
      expect(errors.length).toBeGreaterThan(0);
      const id = await submitOpened(scene, 1);
      expect(await heard.next()).toContain(id);
      await listener.close();
      expect(await endListeners(scene)).toBe(0);
    }));

  test('keeps trying while the server cannot be reached', () =>
    inScene(version, async (scene) => {
      const road = await openRoad(scene.database.directWorkerUrl);
      const heard = inbox();
      const failures = inbox();
      const back = Promise.withResolvers<void>();
      const listener = await listenForJobs(road.url, heard.put, {
        onReconnect: back.resolve,
        onError: (error) => failures.put(error.message),
      });
      await road.block();
      for (let failed = 0; failed < 3; failed += 1) await failures.next();
      await road.clear();
      await back.promise;
      const id = await submitOpened(scene, 1);
      expect(await heard.next()).toContain(id);
      await listener.close();
      await road.block();
    }));

  test('notices a connection that broke without a word', () =>
    inScene(version, async (scene) => {
      const road = await openRoad(scene.database.directWorkerUrl);
      const heard = inbox();
      const back = Promise.withResolvers<void>();
      const listener = await listenForJobs(road.url, heard.put, { onReconnect: back.resolve, checkMs: 50 });
      road.swallow();
      await back.promise;
      const id = await submitOpened(scene, 1);
      expect(await heard.next()).toContain(id);
      await listener.close();
      await road.block();
    }));

  test('closed while it cannot reach the server, it stops trying', () =>
    inScene(version, async (scene) => {
      const road = await openRoad(scene.database.directWorkerUrl);
      const failures = inbox();
      const listener = await listenForJobs(road.url, () => undefined, {
        onReconnect: () => undefined,
        onError: (error) => failures.put(error.message),
      });
      await road.block();
      await failures.next();
      await listener.close();
      await road.clear();
      expect(road.travellers()).toBe(0);
      await road.block();
    }));
});

test('the first connection has to succeed', async () => {
  const url = `postgres://docusnap_api:x@127.0.0.1:${await freePort()}/docusnap`;
  await expect(listenForJobs(url, () => undefined, { onReconnect: () => undefined })).rejects.toMatchObject({
    code: 'database_unavailable',
  });
});

/** What was put in comes out in the same order, as soon as it is there. */
/** What was told, in words: `id version running|ended`, or the id of a job that is gone. */
function inbox(): { put: OnJob; next: () => Promise<string> } {
  const arrived: string[] = [];
  const asked: ((text: string) => void)[] = [];
  return {
    put(jobId, now) {
      const text = now ? `${jobId} ${now.version} ${now.ended ? 'ended' : 'running'}` : jobId;
      const ask = asked.shift();
      if (ask === undefined) arrived.push(text);
      else ask(text);
    },
    next: () =>
      new Promise((resolve) => {
        const text = arrived.shift();
        if (text === undefined) asked.push(resolve);
        else resolve(text);
      }),
  };
}

async function endListeners(scene: Scene): Promise<number> {
  const [row] = await asOwner<{ ended: number }>(
    { ...scene.database, ownerUrl: scene.database.superuserUrl },
    `SELECT count(pg_terminate_backend(pid))::integer AS ended FROM pg_stat_activity
     WHERE application_name = 'docusnap listen' AND datname = current_database()`,
  );
  return row?.ended ?? -1;
}

/** A way to the database. Blocked, its connections break and new ones are refused; it can also swallow what those that are open say. */
async function openRoad(databaseUrl: string) {
  const target = new URL(databaseUrl);
  const port = await freePort();
  const sockets = new Set<Socket>();
  const swallowers = new Set<() => void>();
  const server = createServer((from) => {
    const to = connect(Number(target.port), '127.0.0.1');
    for (const socket of [from, to]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => sockets.delete(socket));
    }
    from.pipe(to).pipe(from);
    swallowers.add(() => from.unpipe(to).resume());
  });
  const clear = () => new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const block = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      for (const socket of sockets) socket.destroy();
    });
  await clear();
  const url = new URL(databaseUrl);
  url.port = String(port);
  const swallow = () => {
    for (const silence of swallowers) silence();
  };
  return { url: url.toString(), clear, block, swallow, travellers: () => sockets.size };
}
