import { createHash } from 'node:crypto';
import type { ModelVersions } from '@docusnap/contracts';
import type { Raster } from '@docusnap/engine';
import type { ReadRequest } from './messages.ts';

/**
 * What two pages must have in common so that reading them gives the same, as 32 bytes. The pixels of images are compared as they are read: 9 ms of
 * SHA-256 for the 15 MB of a page of 2,000 x 2,468.
 */
export function fingerprintOfImage(request: ReadRequest, models: ModelVersions, raster: Raster): Buffer {
  const { width, height, channels, data } = raster;
  // Where the text of a PDF is taken from means nothing here.
  const { pdfText: _, ...conditions } = conditionsOf(request, models);
  return digestOf({ kind: 'pixels', width, height, channels, ...conditions }, data);
}

/** Of a PDF it is the file and the place in it: where a text layer is taken, nothing is rendered. `sha256` is the file's. */
export function fingerprintOfPdfPage(request: ReadRequest, models: ModelVersions, sha256: string): Buffer {
  const { frame, maxPixels } = request;
  return digestOf({ kind: 'pdf', sha256, frame, maxPixels, ...conditionsOf(request, models) });
}

/** All that a request says about how to read: an option that is added later is among it without being named here. */
function conditionsOf(request: ReadRequest, models: ModelVersions) {
  const { kind, blobKey, dataKey, mediaType, password, frame, sealContext, maxPixels, model, cache, ...options } =
    request;
  return { ...options, setting: options.setting ?? 'accurate', models, reading: cache?.reading };
}

function digestOf(conditions: Readonly<Record<string, unknown>>, pixels?: Uint8Array): Buffer {
  // By name, so that the order in which options were given does not matter; false is the same as absent.
  const entries = Object.entries(conditions).filter(([, value]) => value !== undefined && value !== false);
  const hash = createHash('sha256').update(JSON.stringify(entries.sort(([a], [b]) => (a < b ? -1 : 1))));
  // JSON holds no such byte, so pixels cannot pass for conditions.
  if (pixels) hash.update('\0').update(pixels);
  return hash.digest();
}
