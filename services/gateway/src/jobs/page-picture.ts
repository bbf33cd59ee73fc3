import { setTimeout as delay } from 'node:timers/promises';
import { AppError, type Job, type JobPage, renditionKeyOf } from '@docusnap/contracts';
import { readPageImageRow } from '@docusnap/db';
import { type ImageHead, readImageHead } from '@docusnap/formats';
import type { Ports } from '../ports.ts';
import { refuseUnlessMade } from './image.ts';

/** Milliseconds that a PDF waits for the image of a page that was read a moment ago; making one takes some dozens. */
const PATIENCE_MS = 5_000;
const PAUSE_MS = 50;

/** A job and what opens its blobs. */
interface Opened {
  readonly job: Job;
  readonly dataKey: Buffer;
}

/** The large image of a page, where a PDF cannot hold its file as it came. */
export function openPagePicture(
  ports: Ports,
  { job, dataKey }: Opened,
  { fileIndex, fileFrame }: JobPage,
): AsyncIterable<Uint8Array> {
  return ports.blobs.get(renditionKeyOf(job.id, fileIndex, fileFrame, 'large'), dataKey);
}

/**
 * What a PDF must know of that image; null for a page that was not read, of which there is none. Throws `image_not_ready`, `image_not_made`,
 * `blob_missing`, `blob_damaged`.
 */
export async function pagePictureHead(ports: Ports, opened: Opened, page: JobPage): Promise<ImageHead | null> {
  if (page.status !== 'done') return null;
  const until = performance.now() + PATIENCE_MS;
  for (;;) {
    try {
      return await readImageHead('image/jpeg', openPagePicture(ports, opened, page));
    } catch (error) {
      if (!isCode(error, 'blob_missing')) throw error;
      if (!(await isBeingMade(ports, opened.job, page))) throw error;
      if (performance.now() > until) throw new AppError('image_not_ready');
      await delay(PAUSE_MS);
    }
  }
}

/** Throws `image_not_made`. */
async function isBeingMade(ports: Ports, job: Job, page: JobPage): Promise<boolean> {
  const row = await readPageImageRow(ports.db, job.tenantId, job.id, page.number ?? page.fileFrame + 1);
  try {
    refuseUnlessMade(row);
    return false;
  } catch (error) {
    if (isCode(error, 'image_not_ready')) return true;
    throw error;
  }
}

function isCode(error: unknown, code: AppError['code']): boolean {
  return error instanceof AppError && error.code === code;
}
