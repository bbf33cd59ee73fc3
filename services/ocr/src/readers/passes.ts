import type { BlobPasses, BlobStore } from '@docusnap/blobs';
import type { Request } from '../reader/messages.ts';

/** What a request needs of a store that readers hold no credentials for. */
export type PassesFor = (request: Request) => Promise<BlobPasses>;

/** Undefined where readers reach the store by themselves. */
export function passesOf(blobs: Pick<BlobStore, 'pass'>): PassesFor | undefined {
  const pass = blobs.pass?.bind(blobs);
  if (pass === undefined) return undefined;
  return async (request) => {
    if (request.kind === 'readBytes') return {};
    const keys = request.kind === 'render' ? Object.values(request.renditionKeys) : [];
    const wanted = [[request.blobKey, 'get'] as const, ...keys.map((key) => [key, 'put'] as const)];
    return Object.fromEntries(
      await Promise.all(wanted.map(async ([key, act]) => [key, await pass(key, act)] as const)),
    );
  };
}
