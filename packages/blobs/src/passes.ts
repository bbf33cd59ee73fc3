import { AppError } from '@docusnap/contracts';
import { openStream, sealStream } from './sealed-stream.ts';
import type { BlobPass, BlobStore } from './store.ts';

/** What a reader's request needs of the store, by blob key. */
export type BlobPasses = Readonly<Record<string, BlobPass>>;

export interface PassedStore {
  /** Gets and puts what there are passes for. */
  readonly blobs: Pick<BlobStore, 'get' | 'put'>;
  /** From now on these hold, and those before no more. */
  hand(passes: BlobPasses): void;
}

/** Milliseconds without a byte after which the store counts as gone. */
const SILENCE_MS = 30_000;

/** A store for a process that holds no credentials, such as a reader, which decodes foreign bytes: each blob by a pass that it was handed. */
export function openPassedStore(): PassedStore {
  let passes: BlobPasses = {};
  const passFor = (key: string): BlobPass => {
    const pass = passes[key];
    if (!pass) throw new AppError('internal', undefined, { cause: new Error(`no pass for the blob ${key}`) });
    return pass;
  };
  return {
    blobs: {
      get: (key, dataKey) => openStream(dataKey, key, fetchBlob(passFor(key))),
      put: async (key, dataKey, source) =>
        sendBlob(passFor(key), await Array.fromAsync(sealStream(dataKey, key, source))),
    },
    hand(next) {
      passes = next;
    },
  };
}

async function* fetchBlob({ url, headers }: BlobPass): AsyncGenerator<Uint8Array> {
  const response = await send(url, { headers });
  if (response.status === 404) {
    await response.body?.cancel();
    throw new AppError('blob_missing');
  }
  await refuseUnlessDone(response);
  try {
    for await (const piece of response.body ?? []) yield piece;
  } catch (error) {
    throw new AppError('storage_unavailable', undefined, { cause: error });
  }
}

/** What readers put is small: two images of a page. */
async function sendBlob({ url, headers }: BlobPass, sealed: Buffer[]): Promise<void> {
  const response = await send(url, { method: 'PUT', headers, body: Buffer.concat(sealed) });
  await refuseUnlessDone(response);
  await response.body?.cancel();
}

async function send(url: string, request: RequestInit): Promise<Response> {
  try {
    return await fetch(url, { ...request, redirect: 'error', signal: AbortSignal.timeout(SILENCE_MS) });
  } catch (error) {
    throw new AppError('storage_unavailable', undefined, { cause: error });
  }
}

async function refuseUnlessDone(response: Response): Promise<void> {
  if (response.ok) return;
  await response.body?.cancel();
  throw new AppError('storage_unavailable', undefined, { cause: new Error(`The store answered ${response.status}.`) });
}
