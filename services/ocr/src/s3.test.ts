import { readFile } from 'node:fs/promises';
import {
  BlobSettings,
  jobContext,
  openBytes,
  openConfiguredStore,
  pageContext,
  parseMasterKeys,
  unwrapDataKey,
} from '@docusnap/blobs';
import { blobKeyOf, PageText, plainText, renditionKeyOf } from '@docusnap/contracts';
import { readPageImageRow, readPageRow } from '@docusnap/db';
import { drawPage, type S3Server, startS3 } from '@docusnap/testing';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import sharp from 'sharp';
import { passesOf } from './readers/passes.ts';
import { type SpawnedService, spawnService } from './rehearsal/spawned.ts';
import { openStage, type Stage } from './rehearsal/stage.ts';

let s3: S3Server;
let stage: Stage;
beforeAll(async () => {
  s3 = await startS3();
  stage = await openStage('postgres', s3.variables('documents'));
});
afterAll(async () => {
  await stage.close();
  await s3.stop();
});

async function imagesMade(id: string): Promise<void> {
  for (;;) {
    const { renditions } = await readPageImageRow(stage.api, stage.tenantId, id, 1);
    if (renditions !== null) return expect(renditions).toBe('made');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

test('a page is fetched from S3, read, and its images are put there, by a reader that holds no credentials of the bucket', async () => {
  const service: SpawnedService = await spawnService(stage, { OCR_READERS: '1' });
  try {
    const page = await drawPage({
      width: 900,
      height: 600,
      lines: [{ text: 'Kept in a bucket', x: 60, y: 120, size: 60 }],
    });
    const id = await stage.submit([await sharp(page).jpeg().toBuffer()], { mediaType: 'image/jpeg' });
    expect(await stage.ended(id)).toMatchObject({ status: 'completed' });
    await imagesMade(id);
    const { page: row, sealed, key } = await readPageRow(stage.api, stage.tenantId, id, 1);
    const dataKey = unwrapDataKey(parseMasterKeys(stage.environment.MASTER_KEY!), key, jobContext(id));
    const json = await openBytes(dataKey, pageContext(id, row.fileIndex, row.fileFrame), sealed!);
    expect(plainText(PageText.parse(JSON.parse(json.toString())))).toContain('Kept in a bucket');
    const images = (['large', 'small'] as const).map((rendition) => renditionKeyOf(id, 0, 0, rendition));
    expect(new Set(await s3.objects())).toEqual(
      new Set([blobKeyOf(id, 0), ...images].map((blob) => `documents/${blob}`)),
    );
    const store = await openConfiguredStore(BlobSettings.parse(stage.environment));
    const image = Buffer.concat(await Array.fromAsync(store.get(images[1]!, dataKey)));
    expect(await sharp(image).metadata()).toMatchObject({ format: 'jpeg', width: 320 });
    for (const pid of await service.readerPids()) {
      const environment = await readFile(`/proc/${pid}/environ`, 'utf8');
      expect(environment).toContain('PREPARED_MODELS_DIR=');
      expect(environment).not.toMatch(/S3RVER|MASTER_KEY|BLOB_S3/);
    }
    await store.removePrefix(`jobs/${id}/`);
  } finally {
    service.kill('SIGKILL');
    await service.exited;
  }
});

test('a request gets passes for what it reads and writes, and no other; what comes with its bytes gets none', async () => {
  const asked: string[] = [];
  const pass = async (key: string, act: string) => {
    asked.push(`${act} ${key}`);
    return { url: `http://x/${key}`, headers: {} };
  };
  const passesFor = passesOf({ pass });
  const common = {
    blobKey: 'jobs/a/files/0',
    dataKey: Buffer.alloc(32),
    mediaType: 'image/png',
    maxPixels: 1,
  } as const;
  expect(Object.keys(await passesFor!({ kind: 'open', ...common }))).toEqual(['jobs/a/files/0']);
  await passesFor!({
    kind: 'render',
    ...common,
    frame: 0,
    size: { width: 1, height: 1 },
    renditionKeys: { small: 'jobs/a/small', large: 'jobs/a/large' },
  });
  expect(asked).toEqual(['get jobs/a/files/0', 'get jobs/a/files/0', 'put jobs/a/small', 'put jobs/a/large']);
  expect(await passesFor!({ kind: 'readBytes', bytes: Buffer.alloc(1), maxPixels: 1 })).toEqual({});
  expect(passesOf({})).toBeUndefined();
});
