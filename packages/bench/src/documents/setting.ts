import { openClient, type SubmitOptions, submit, waitForEnd } from '../client.ts';
import { type RunningSystem, startSystem } from '../system.ts';
import type { PageImage } from './page-images.ts';

/** What every part is measured with. */
export interface Setting {
  readonly images: readonly PageImage[];
  /** Pages of the long documents. */
  readonly pages: number;
  readonly readers: number;
  /** Empty: the queue is in PostgreSQL. */
  readonly redisUrl: string;
}

/** Each page is to be read, equal ones too. */
export const UNCACHED: SubmitOptions = { cache: false };

export const OCR_SCRIPT = 'services/ocr/src/main.ts';

/** A long document may have more bytes than one may have by default. */
const MOST_PDF_BYTES = 1_024 * 1_024 * 1_024;

/** Runs `measure` on a system of its own. */
export async function onSystem<T>(
  { readers, redisUrl }: Pick<Setting, 'readers' | 'redisUrl'>,
  measure: (system: RunningSystem) => Promise<T>,
  environment: Readonly<Record<string, string>> = {},
): Promise<T> {
  const system = await startSystem({
    OCR_READERS: String(readers),
    REDIS_URL: redisUrl,
    MAX_PDF_BYTES: String(MOST_PDF_BYTES),
    MAX_DOCUMENT_BYTES: String(MOST_PDF_BYTES),
    // Finished readings are counted in the log.
    LOG_LEVEL: 'info',
    ...environment,
  });
  try {
    return await measure(system);
  } finally {
    await system.stop();
  }
}

/** Submits one image and waits until it is read; throws unless it was. */
export async function readImage(system: RunningSystem, { name, bytes }: PageImage) {
  const client = openClient(system.url, system.key);
  try {
    const { job } = await submit(client, name, bytes, UNCACHED);
    const ended = await waitForEnd(client, job.id);
    if (ended.status !== 'completed') throw new Error(`${name} ended ${ended.status}: ${JSON.stringify(ended.error)}`);
    return ended;
  } finally {
    client.agent.destroy();
  }
}
