import { randomUUID } from 'node:crypto';
import { jobContext, openBytes, pageContext, parseMasterKeys, unwrapDataKey } from '@docusnap/blobs';
import { hasEnded, type JobOptions, PageText, plainText } from '@docusnap/contracts';
import { eraseJob, pollJob, readPageRow } from '@docusnap/db';
import { drawPage, makePdf } from '@docusnap/testing';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import sharp from 'sharp';
import { openMemory } from './recall.ts';
import { type SpawnedService, spawnService } from './rehearsal/spawned.ts';
import { openStage, type Stage, type SubmitOptions } from './rehearsal/stage.ts';
import type { Worker } from './worker.ts';

let stage: Stage;
let service: SpawnedService;
let stranger: string;

beforeAll(async () => {
  stage = await openStage('postgres');
  stranger = randomUUID();
  await stage.sql("INSERT INTO tenants (id, name) VALUES ($1, 'another')", [stranger]);
  service = await spawnService(stage, { OCR_READERS: '1' });
});
afterAll(async () => {
  service.kill('SIGKILL');
  await service.exited;
  await stage.close();
});

/** A page nobody has seen before: its text is its own. */
let drawn = 0;
async function newPicture(): Promise<{ bytes: Buffer; text: string }> {
  drawn += 1;
  const text = `Delivery note ${4_000 + drawn} of March`;
  const lines = [{ text, x: 40, y: 80, size: 26 }];
  return { text, bytes: await drawPage({ width: 620, height: 160, lines, seed: drawn }) };
}

interface How extends SubmitOptions {
  readonly options?: Omit<JobOptions, 'priority' | 'password' | 'model'>;
}

/** Submits one file and gives the job once it has ended. */
async function read(bytes: Buffer, { tenantId = stage.tenantId, options, ...how }: How = {}): Promise<string> {
  const id = await stage.submit([bytes], {
    mediaType: 'image/png',
    ...how,
    tenantId,
    options: { cache: true, ...options },
  });
  for (;;) {
    const { status } = await pollJob(stage.api, tenantId, id);
    if (status === 'completed') return id;
    if (hasEnded(status)) throw new Error(`The job ended as ${status}.`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

async function pageOf(id: string, { number = 1, tenantId = stage.tenantId } = {}) {
  const { page, sealed, key } = await readPageRow(stage.api, tenantId, id, number);
  const dataKey = unwrapDataKey(parseMasterKeys(stage.environment.MASTER_KEY!), key, jobContext(id));
  const json = await openBytes(dataKey, pageContext(id, page.fileIndex, page.fileFrame), sealed!);
  const text = PageText.parse(JSON.parse(json.toString()));
  return { text, cached: page.stages?.cached !== undefined, stages: page.stages };
}
const isCached = async (id: string, options?: Parameters<typeof pageOf>[1]) => (await pageOf(id, options)).cached;

test('the same pixels are read once: the second job has the same text, sealed as its own, and no time of reading', async () => {
  const { bytes, text } = await newPicture();
  const first = await pageOf(await read(bytes));
  // The pixels count, not the file.
  const tiff = await sharp(bytes).toColourspace('b-w').tiff({ compression: 'lzw' }).toBuffer();
  const second = await pageOf(await read(tiff, { mediaType: 'image/tiff' }));
  expect(plainText(first.text)).toBe(text);
  expect([first.cached, second.cached]).toEqual([false, true]);
  expect(second.text).toEqual(first.text);
  expect(first.stages).toMatchObject({ read: expect.any(Number), recall: expect.any(Number) });
  expect(second.stages).not.toHaveProperty('read');
  await service.reaches('docusnap_page_cache_lookups_total', 1, { outcome: 'hit' });
});

test('erasing the first job breaks neither the second nor a third; when all are erased nothing is left to find', async () => {
  const { bytes, text } = await newPicture();
  const first = await read(bytes);
  const second = await read(bytes);
  await eraseJob(stage.api, stage.tenantId, first);
  expect(plainText((await pageOf(second)).text)).toBe(text);
  const third = await read(bytes);
  expect(await isCached(third)).toBe(true);
  for (const id of [second, third]) await eraseJob(stage.api, stage.tenantId, id);
  expect(await isCached(await read(bytes))).toBe(false);
});

test('another tenant finds nothing, whatever he sends', async () => {
  const { bytes } = await newPicture();
  const mine = await read(bytes);
  const theirs = await read(bytes, { tenantId: stranger });
  expect(await isCached(theirs, { tenantId: stranger })).toBe(false);
  expect(await isCached(await read(bytes, { tenantId: stranger }), { tenantId: stranger })).toBe(true);
  // Not even the keys are alike, and with the other's key nothing is found in one's own pages.
  const keys = await stage.sql<{ job_id: string; cache_key: Buffer }>(
    'SELECT job_id, cache_key FROM pages WHERE job_id = ANY ($1)',
    [[mine, theirs]],
  );
  expect(keys[0]?.cache_key.equals(keys[1]!.cache_key)).toBe(false);
  const key = keys.find(({ job_id }) => job_id === mine)?.cache_key;
  expect(await stage.sql('SELECT * FROM find_cached_page($1, $2)', [stranger, key])).toEqual([]);
});

test('another setting is another reading', async () => {
  const { bytes } = await newPicture();
  await read(bytes);
  expect(await isCached(await read(bytes, { options: { setting: 'fast' } }))).toBe(false);
  expect(await isCached(await read(bytes, { options: { setting: 'accurate' } }))).toBe(true);
});

test('a job that does without neither finds nor is found', async () => {
  const { bytes } = await newPicture();
  await read(bytes, { options: { cache: false } });
  expect(await isCached(await read(bytes))).toBe(false);
  const without = await pageOf(await read(bytes, { options: { cache: false } }));
  expect(without.cached).toBe(false);
  expect(without.stages).not.toHaveProperty('recall');
});

test('a job with a password does without', async () => {
  const bytes = makePdf([{ width: 300, height: 200, texts: [{ text: 'Sealed words', x: 20, y: 100, size: 14 }] }], {
    password: 'open sesame',
  });
  for (let times = 0; times < 2; times += 1) {
    const id = await read(bytes, { mediaType: 'application/pdf', password: 'open sesame' });
    expect(await isCached(id)).toBe(false);
  }
});

test('pages of a PDF are found one by one, and not where their text is to be taken from elsewhere', async () => {
  const page = (number: number) => ({
    width: 420,
    height: 300,
    texts: [{ text: `What stands on page ${number}`, x: 40, y: 200, size: 16 }],
  });
  const pdf = { mediaType: 'application/pdf' } as const;
  const bytes = makePdf([page(1), page(2)]);
  await read(bytes, pdf);
  const again = await read(bytes, pdf);
  for (const number of [1, 2]) {
    const { text, cached } = await pageOf(again, { number });
    expect([plainText(text), text.source, cached]).toEqual([`What stands on page ${number}`, 'text-layer', true]);
  }
  const fromPixels = await pageOf(await read(bytes, { ...pdf, options: { pdf: { text: 'never' } } }));
  expect([fromPixels.cached, fromPixels.text.source]).toEqual([false, 'ocr']);
});

test('a page that was read before and is damaged since does no harm', async () => {
  const { bytes, text } = await newPicture();
  const first = await read(bytes);
  await stage.sql('UPDATE page_texts SET sealed = set_byte(sealed, 60, 255 - get_byte(sealed, 60)) WHERE job_id = $1', [
    first,
  ]);
  const second = await pageOf(await read(bytes));
  expect([second.cached, plainText(second.text)]).toEqual([false, text]);
});

test('a database that does not answer in time holds no page up', async () => {
  const outcomes: string[] = [];
  const log = { warn: () => undefined } as unknown as Worker['log'];
  const metrics = { recalled: (outcome: string) => outcomes.push(outcome) } as unknown as Worker['metrics'];
  const masterKeys = parseMasterKeys(stage.environment.MASTER_KEY!);
  const worker = { db: stage.worker, masterKeys, metrics, log } as Partial<Worker> as Worker;
  const unit = { jobId: randomUUID(), tenantId: stage.tenantId, options: { priority: 5 } } as never;
  const memory = openMemory(worker, unit)!;
  const blocker = stage.sql('DO $$ BEGIN LOCK TABLE pages IN ACCESS EXCLUSIVE MODE; PERFORM pg_sleep(30); END $$');
  const held = "SELECT 1 FROM pg_locks WHERE relation = 'pages'::regclass AND mode = 'AccessExclusiveLock' AND granted";
  while ((await stage.sql(held)).length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  // Long before the 30 seconds are over.
  expect(await memory.recall(Buffer.from('a fingerprint'))).toBeNull();
  expect(await stage.sql(held)).toHaveLength(1);
  expect(outcomes).toEqual(['late']);
  // What the page is to be found by is known all the same.
  expect(memory.cacheKey()).toHaveLength(32);
  const ended = expect(blocker).rejects.toThrow('canceling statement');
  await stage.sql(`SELECT pg_cancel_backend(pid) FROM (${held.replace('1', 'pid')}) holder`);
  await ended;
});
