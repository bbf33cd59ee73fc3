import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError, ModelSetName, ModelVersions } from '@docusnap/contracts';
import { z } from 'zod';

const NAME = 'manifest.json';

/** A file of the folder: what it is called, and the SHA-256 of what was written. */
const PreparedFile = z.strictObject({ file: z.string(), sha256: z.string().regex(/^[0-9a-f]{64}$/) });
export type PreparedFile = z.infer<typeof PreparedFile>;

const PreparedSet = z.strictObject({
  name: ModelSetName,
  versions: ModelVersions,
  files: z.strictObject({
    detection: PreparedFile,
    orientation: PreparedFile,
    recognition: PreparedFile,
    /** The recogniser's keys, a line each, wherever they came from. */
    keys: PreparedFile,
  }),
});
export type PreparedSet = z.infer<typeof PreparedSet>;

/** What a folder of prepared models holds: sets in the order in which they were asked for. Written last, so without it nothing is prepared. */
const Manifest = z.strictObject({
  sets: z.array(PreparedSet).min(1),
  /** Whether a later start would find the same: where floats were measured to be better, something else may have run meanwhile. */
  isSettled: z.boolean(),
});
export type Manifest = z.infer<typeof Manifest>;

export async function writeManifest(folder: string, manifest: Manifest): Promise<void> {
  await writeFile(join(folder, NAME), JSON.stringify(manifest));
}

/** Throws AppError `models_unavailable` where there is none or it is not as it was written. */
export async function readManifest(folder: string): Promise<Manifest> {
  try {
    return Manifest.parse(JSON.parse(await readFile(join(folder, NAME), 'utf8')));
  } catch (cause) {
    throw new AppError('models_unavailable', `${folder} holds no prepared models.`, { cause });
  }
}

export async function writePrepared(folder: string, file: string, bytes: Uint8Array): Promise<PreparedFile> {
  await writeFile(join(folder, file), bytes);
  return { file, sha256: sha256Of(bytes) };
}

/** The bytes that were written. Throws AppError `models_unavailable` where they are gone or others. */
export async function readPrepared(folder: string, { file, sha256 }: PreparedFile): Promise<Buffer> {
  const path = join(folder, file);
  const bytes = await readFile(path).catch((cause: unknown) => {
    throw new AppError('models_unavailable', `The prepared file ${path} cannot be read.`, { cause });
  });
  if (sha256Of(bytes) !== sha256) {
    throw new AppError('models_unavailable', `The prepared file ${path} was changed since it was written.`);
  }
  return bytes;
}

function sha256Of(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
