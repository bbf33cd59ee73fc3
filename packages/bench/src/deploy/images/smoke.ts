import { randomBytes } from 'node:crypto';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { freePort, startPostgres, startS3, urlFor } from '@docusnap/testing';
import { z } from 'zod';
import type { Facts } from '../facts.ts';
import type { ImageStart } from './buildah.ts';
import { type Contained, contain } from './contained.ts';

/** For a start on a machine that does much else, and for a page that is then read. */
const START_MS = 180_000;
const READ_SECONDS = 60;
const LOOK_EVERY_MS = 200;
/** Of the words that are printed on the sample. */
const WORDS_FOUND = 0.9;

/** The files of an image, and how it starts. */
export interface OpenedImage {
  readonly files: string;
  readonly start: ImageStart;
}

type Variables = Readonly<Record<string, string>>;

/**
 * The images' own processes against a real PostgreSQL and an S3 server: the migration and the bucket run to their end, both services become ready, the
 * sample page is read through them, and both stop cleanly.
 */
export async function smokeImages(
  images: { gateway: OpenedImage; ocr: OpenedImage },
  { root, folder, facts }: { root: string; folder: string; facts: Facts },
): Promise<void> {
  const s3 = await startS3();
  const postgres = await startPostgres();
  const running: Contained[] = [];
  try {
    const { secrets, apiKey } = await makeSecrets(join(folder, 'secrets'), postgres.superuserUrl);
    const shared = {
      HOST: '127.0.0.1',
      ...s3.variables(),
      ...fileOf('DATABASE_WORKER_URL', 'database-worker-url'),
      ...fileOf('MASTER_KEY', 'master-key'),
    };
    const start = (image: OpenedImage, environment: Variables, command?: readonly string[]): Promise<Contained> =>
      contain(image.files, image.start, {
        secrets,
        environment: { ...shared, ...environment },
        ...(command ? { command } : {}),
      });

    const migration = await start(images.gateway, MIGRATION, ['services/gateway/src/migrate/main.ts']);
    facts.note('gateway: the migration runs to its end', (await migration.ended) === 0, migration.output());
    const bucket = await start(images.gateway, {}, ['services/gateway/src/bucket/main.ts']);
    facts.note('gateway: the bucket is made', (await bucket.ended) === 0, bucket.output());

    const [port, ocrPort] = [await freePort(), await freePort()];
    const ports = async (own: number): Promise<Variables> => ({
      PORT: String(own),
      METRICS_PORT: String(await freePort()),
    });
    const ocr = await start(images.ocr, { ...(await ports(ocrPort)), OCR_READERS: '1' });
    running.push(ocr);
    const gateway = await start(images.gateway, {
      ...(await ports(port)),
      ...fileOf('DATABASE_URL', 'database-url'),
      BOOTSTRAP_API_KEY_FILE: '/run/secrets/api-key',
    });
    running.push(gateway);
    facts.note('gateway: it can work', await becomesReady(port), gateway.output().slice(-2_000));
    facts.note('ocr: it can work', await becomesReady(ocrPort), ocr.output().slice(-2_000));
    await useThem(`http://127.0.0.1:${port}`, { apiKey, root, facts });
    facts.note('gateway: it stops cleanly', (await gateway.stop()) === 0, gateway.output().slice(-2_000));
    facts.note('ocr: it stops cleanly', (await ocr.stop()) === 0, ocr.output().slice(-2_000));
  } finally {
    await Promise.all(running.map((process) => process.stop()));
    await postgres.stop();
    await s3.stop();
  }
}

/** A variable whose value is a secret: as engines mount it. */
const fileOf = (variable: string, name: string): Variables => ({ [`${variable}_FILE`]: `/run/secrets/${name}` });

const MIGRATION = {
  ...fileOf('DATABASE_SUPERUSER_URL', 'database-superuser-url'),
  ...fileOf('DATABASE_OWNER_URL', 'database-owner-url'),
  ...fileOf('DATABASE_URL', 'database-url'),
};

async function makeSecrets(folder: string, superuserUrl: string): Promise<{ secrets: string; apiKey: string }> {
  const role = (name: string): string => urlFor(superuserUrl, 'docusnap', `docusnap_${name}`, name);
  const apiKey = `ds_${randomBytes(4).toString('hex')}_${randomBytes(32).toString('base64url')}`;
  const values = {
    'database-superuser-url': superuserUrl,
    'database-owner-url': role('owner'),
    'database-url': role('api'),
    'database-worker-url': role('worker'),
    'master-key': `smoke:${randomBytes(32).toString('base64')}`,
    'api-key': apiKey,
  };
  await mkdir(folder, { recursive: true });
  for (const [name, value] of Object.entries(values)) {
    await writeFile(join(folder, name), `${value}\n`);
    // Read by another user, as those that deploy/compose/init makes.
    await chmod(join(folder, name), 0o444);
  }
  return { secrets: folder, apiKey };
}

async function becomesReady(port: number): Promise<boolean> {
  for (const deadline = Date.now() + START_MS; Date.now() < deadline; await pause(LOOK_EVERY_MS)) {
    try {
      const response = await fetch(`http://127.0.0.1:${port}/readyz`, { signal: AbortSignal.timeout(2_000) });
      await response.body?.cancel();
      if (response.ok) return true;
    } catch {
      // Not listening yet.
    }
  }
  return false;
}

const Submitted = z.object({ id: z.string() });

async function useThem(
  url: string,
  { apiKey, root, facts }: { apiKey: string; root: string; facts: Facts },
): Promise<void> {
  const headers = { authorization: `Bearer ${apiKey}` };
  const sample = (name: string): Promise<Buffer> => readFile(join(root, 'deploy', 'embedded', 'sample', name));
  const form = new FormData();
  form.append('file', new Blob([new Uint8Array(await sample('invoice.jpg'))]), 'invoice.jpg');
  const submitted = await (await fetch(`${url}/v1/jobs`, { method: 'POST', headers, body: form })).json();
  const { id } = Submitted.parse(submitted);
  await (await fetch(`${url}/v1/jobs/${id}?wait=${READ_SECONDS}`, { headers })).text();
  const text = await (await fetch(`${url}/v1/jobs/${id}/result?format=text`, { headers })).text();
  const words = String(await sample('invoice.txt'))
    .split(/\s+/)
    .filter((word) => word !== '');
  const found = words.filter((word) => text.includes(word)).length / words.length;
  facts.note(`ocr: the sample page is read, at least ${WORDS_FOUND} of its words`, found >= WORDS_FOUND, [found, text]);
  const page = await fetch(`${url}/`);
  const isPage = page.ok && /text\/html/.test(page.headers.get('content-type') ?? '');
  facts.note('gateway: the console is served', isPage, page.status);
  await page.body?.cancel();
}
