import { randomBytes, randomUUID } from 'node:crypto';
import type { Socket } from 'node:net';
import { AppError } from '@docusnap/contracts';
import { expect, jest, test } from '@jest/globals';
import { findCaller } from './callers.ts';
import type { Database } from './connection.ts';
import { openEndedJobs } from './ended-jobs.ts';
import { type GatheredRead, readGathered } from './gather.ts';
import { eraseJob, pollJob } from './jobs.ts';
import { createKey } from './keys.ts';
import { retryJob } from './retry.ts';
import { failPage } from './save.ts';
import { addTenant, claim, inScene, onEachPostgres, readAll, submit, submitOpened } from './test-jobs.ts';

onEachPostgres('reads that go together', (version) => {
  test('polls of several tenants at a time go in one statement, and each sees its own jobs only', () =>
    inScene(version, async (scene) => {
      const { api, tenantId } = scene;
      const other = await addTenant(scene.database);
      const [mine, theirs] = [await submit(scene), await submit(scene, { tenantId: other })];
      const statements = countStatements(api);
      const outcomes = await Promise.allSettled([
        pollJob(api, tenantId, mine),
        pollJob(api, other, theirs),
        pollJob(api, tenantId, theirs),
        pollJob(api, other, mine),
        pollJob(api, tenantId, mine),
        pollJob(api, tenantId, randomUUID()),
      ]);
      expect(outcomes.map((one) => (one.status === 'fulfilled' ? one.value.id : one.reason.code))).toEqual([
        mine,
        theirs,
        'job_not_found',
        'job_not_found',
        mine,
        'job_not_found',
      ]);
      expect(statements()).toBe(1);
    }));

  test('keys that nobody has are told from those that somebody has, in one statement', () =>
    inScene(version, async ({ api, tenantId }) => {
      const hash = randomBytes(32);
      await createKey(api, tenantId, {
        name: 'a test',
        prefix: 'ds_00000000',
        scopes: ['read'],
        expiresAt: null,
        hash,
      });
      const statements = countStatements(api);
      const found = await Promise.all(
        [randomBytes(32), hash, randomBytes(32), hash].map((one) => findCaller(api, one)),
      );
      expect(found.map((caller) => caller?.tenantId ?? null)).toEqual([null, tenantId, null, tenantId]);
      expect(statements()).toBe(1);
    }));

  test('what cannot be asked fails alone', () =>
    inScene(version, async (scene) => {
      const { api, tenantId } = scene;
      const mine = await submit(scene);
      const outcomes = await Promise.allSettled([pollJob(api, tenantId, 'no id'), pollJob(api, tenantId, mine)]);
      expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'fulfilled']);
    }));

  test('a connection that breaks is made up for by another', () =>
    inScene(version, async (scene) => {
      const { api, tenantId } = scene;
      const ids = [await submit(scene), await submit(scene)];
      // The statement of these takes the connection that is ended as it is taken.
      api.pool.once('acquire', (client) => {
        (client as unknown as { connection: { stream: Socket } }).connection.stream.destroy();
      });
      const polled = await Promise.all(ids.map((id) => pollJob(api, tenantId, id)));
      expect(polled.map(({ id }) => id)).toEqual(ids);
    }));

  test('an ended job is shown as it is now: erased, or retried, also right after it was read', () =>
    inScene(version, async (scene) => {
      const { api, tenantId } = scene;
      const id = await submitOpened(scene, 1);
      await readAll(scene);
      const ended = await pollJob(api, tenantId, id);
      expect(ended.status).toBe('completed');
      // Nothing has changed: it is the same one, whose row was not read again.
      expect(await pollJob(api, tenantId, id)).toBe(ended);
      await expect(pollJob(api, await addTenant(scene.database), id)).rejects.toMatchObject({ code: 'job_not_found' });
      const again = await submitOpened(scene, 1);
      await failPage(scene.worker, await claim(scene), { code: 'internal', message: 'It failed.', retryable: true });
      expect((await pollJob(api, tenantId, again)).status).toBe('failed');
      await retryJob(api, tenantId, again);
      expect((await pollJob(api, tenantId, again)).status).toBe('reading');
      await eraseJob(api, tenantId, id);
      await expect(pollJob(api, tenantId, id)).rejects.toMatchObject({ code: 'job_not_found' });
    }));
});

test('a read that is asked for while another is under way is not answered by that', async () => {
  const sent: (readonly string[])[] = [];
  const answers = [Promise.withResolvers<void>(), Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const kind: GatheredRead<string, string> = {
    keyOf: (asked) => asked,
    readAll: async (_db, asked) => {
      sent.push(asked);
      const index = sent.length - 1;
      await answers[index]?.promise;
      return asked.map((one) => `${one} ${index}`);
    },
  };
  const db = { gatherings: new Map() } as unknown as Database;
  const first = [readGathered(db, kind, 'a'), readGathered(db, kind, 'b'), readGathered(db, kind, 'a')];
  await turn();
  const second = readGathered(db, kind, 'a');
  while (sent.length < 2) await turn();
  // Two are under way: these wait for one of them, and for each other.
  const third = [readGathered(db, kind, 'a'), readGathered(db, kind, 'c')];
  await turn();
  expect(sent).toEqual([['a', 'b'], ['a']]);
  answers[1]?.resolve();
  expect(await second).toBe('a 1');
  await turn();
  await turn();
  expect(sent).toEqual([['a', 'b'], ['a'], ['a', 'c']]);
  answers[0]?.resolve();
  answers[2]?.resolve();
  expect(await Promise.all([...first, ...third])).toEqual(['a 0', 'b 0', 'a 0', 'a 2', 'c 2']);
});

test('a few wait for a statement that was sent just now, and no longer than it usually takes; more do not', async () => {
  jest.useFakeTimers({ doNotFake: ['setImmediate'] });
  try {
    const sent: number[] = [];
    const answers = [0, 1, 2, 3].map(() => Promise.withResolvers<void>());
    const kind: GatheredRead<number, number> = {
      keyOf: String,
      readAll: async (_db, asked) => {
        sent.push(asked.length);
        await answers[sent.length - 1]?.promise;
        return asked;
      },
    };
    const db = { gatherings: new Map() } as unknown as Database;
    const ask = (...asked: number[]) => asked.map((one) => readGathered(db, kind, one));
    const all = ask(1);
    await turn();
    all.push(...ask(2, 3));
    await turn();
    expect(sent).toEqual([1]);
    // Its rows have come: it is waited for no longer.
    answers[0]?.resolve();
    await turn();
    await turn();
    expect(sent).toEqual([1, 2]);
    all.push(...ask(4));
    await turn();
    expect(sent).toEqual([1, 2]);
    jest.advanceTimersByTime(2);
    await turn();
    expect(sent).toEqual([1, 2, 1]);
    answers[1]?.resolve();
    await turn();
    await turn();
    const many = Array.from({ length: 32 }, (_, at) => 5 + at);
    all.push(...ask(...many.slice(1)));
    await turn();
    expect(sent).toEqual([1, 2, 1]);
    all.push(...ask(5));
    await turn();
    expect(sent).toEqual([1, 2, 1, 32]);
    for (const { resolve } of answers) resolve();
    expect(await Promise.all(all)).toEqual([1, 2, 3, 4, ...many.slice(1), 5]);
  } finally {
    jest.useRealTimers();
  }
});

test('what cannot be read fails alone, as does what is asked for of a server that is away together', async () => {
  const sent: number[] = [];
  const kind: GatheredRead<string, string> = {
    keyOf: (asked) => asked,
    readAll: async (_db, asked) => {
      sent.push(asked.length);
      if (asked.includes('away')) throw new AppError('database_unavailable');
      if (asked.includes('broken')) throw new AppError('internal');
      return asked;
    },
  };
  const db = { gatherings: new Map() } as unknown as Database;
  const outcomes = async (asked: readonly string[]) =>
    (await Promise.allSettled(asked.map((one) => readGathered(db, kind, one)))).map((one) =>
      one.status === 'fulfilled' ? one.value : one.reason.code,
    );
  expect(await outcomes(['a', 'broken', 'b'])).toEqual(['a', 'internal', 'b']);
  expect(await outcomes(['a', 'away'])).toEqual(['database_unavailable', 'database_unavailable']);
  expect(sent).toEqual([3, 1, 1, 1, 2]);
  const many = Array.from({ length: 100 }, (_one, index) => String(index));
  expect(await outcomes(many)).toEqual(many);
  expect(sent.slice(5)).toEqual([64, 36]);
});

test('statements of which no answer comes do not hold up those who ask later', async () => {
  const sent: string[] = [];
  const kind: GatheredRead<string, string> = {
    keyOf: (asked) => asked,
    readAll: (_db, asked) => {
      sent.push(...asked);
      return asked[0] === 'late' ? Promise.resolve(asked) : new Promise(() => undefined);
    },
  };
  const db = { gatherings: new Map() } as unknown as Database;
  for (const asked of ['hangs', 'hangs too']) {
    void readGathered(db, kind, asked);
    while (!sent.includes(asked)) await turn();
  }
  expect(await readGathered(db, kind, 'late')).toBe('late');
});

test('an ended job is kept for half a minute, if it has few files and its expiry', () => {
  let now = 0;
  const ended = openEndedJobs(() => now);
  const job = (id: string, files: number, expiresAt: Date | null = new Date()) =>
    ({ id, tenantId: 't', expiresAt, files: Array(files).fill({}) }) as never;
  ended.keep(job('small', 1));
  ended.keep(job('large', 1_000));
  ended.keep(job('old', 1, null));
  expect(ended.find('t', 'small')).toBeDefined();
  expect(ended.find('other', 'small')).toBeUndefined();
  expect(ended.find('t', 'large')).toBeUndefined();
  expect(ended.find('t', 'old')).toBeUndefined();
  now = 30_001;
  expect(ended.find('t', 'small')).toBeUndefined();
});

/** How many were sent since. */
function countStatements({ pool }: Database): () => number {
  let count = 0;
  const counted = () => {
    count += 1;
  };
  pool.on('acquire', counted);
  return () => {
    pool.off('acquire', counted);
    return count;
  };
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
