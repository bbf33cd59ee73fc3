import { createHash } from 'node:crypto';
import { mkdir, readdir, rename, rm, stat, utimes } from 'node:fs/promises';
import { arch, cpus } from 'node:os';
import { join } from 'node:path';
import { AppError } from '@docusnap/contracts';
import { readManifest, readPrepared } from './manifest.ts';

/** Prepared models that no start used for so long are those of an earlier release, or of another machine. */
const UNUSED_MS = 30 * 24 * 60 * 60_000;

/** All that prepared models depend on. */
export interface PreparedFor {
  /** What names the programs that prepare and load them. */
  readonly programs: string;
  readonly sets: readonly string[];
  readonly provider: string;
}

/** A name for what is prepared; the processor is in it, since what is faster there was measured. */
function nameOf({ programs, sets, provider }: PreparedFor): string {
  const parts = [programs, sets.join(','), provider, arch(), cpus()[0]?.model ?? ''];
  return createHash('sha256').update(parts.join('\n')).digest('hex').slice(0, 32);
}

/** A folder in which prepared models stay from one start to the next. */
export interface KeptModels {
  /** The folder of what an earlier start prepared, every file as it was written; undefined where there is none. */
  find(): Promise<string | undefined>;
  /** Keeps a folder beside it under its name, and gives where its files now lie: in an equal one where another start was faster. */
  keep(prepared: string): Promise<string>;
}

/**
 * Makes the folder where there is none, and removes what was not used for 30 days.
 *
 * @throws AppError `models_unavailable` where others may write to it: what lies there is run
 */
export async function openKeptModels(place: string, of: PreparedFor): Promise<KeptModels> {
  await mkdir(place, { recursive: true, mode: 0o700 });
  await requireOwn(place);
  await removeUnused(place);
  const path = join(place, nameOf(of));
  const find = async (): Promise<string | undefined> => {
    if (!(await isWhole(path))) return undefined;
    const now = new Date();
    await utimes(path, now, now);
    return path;
  };
  return {
    find,
    async keep(prepared) {
      const { isSettled } = await readManifest(prepared);
      if (!isSettled) return prepared;
      if (!(await isWhole(path))) await rm(path, { recursive: true, force: true });
      // Another start may put its own there in between, which is as good.
      await rename(prepared, path).catch(() => undefined);
      return (await find()) ?? prepared;
    },
  };
}

async function requireOwn(place: string): Promise<void> {
  const { uid, mode } = await stat(place);
  const own = process.getuid?.() ?? uid;
  if (uid === own && (mode & 0o022) === 0) return;
  throw new AppError(
    'models_unavailable',
    `Others may write to ${place} (OCR_PREPARED_DIR), whose models would be run: it has to belong to this service alone.`,
  );
}

async function removeUnused(place: string): Promise<void> {
  for (const name of await readdir(place)) {
    if (!/^[0-9a-f]{32}$/.test(name)) continue;
    const found = await stat(join(place, name)).catch(() => null);
    if (found && Date.now() - found.mtimeMs > UNUSED_MS) await rm(join(place, name), { recursive: true, force: true });
  }
}

async function isWhole(folder: string): Promise<boolean> {
  try {
    const { sets } = await readManifest(folder);
    for (const { files } of sets) {
      for (const file of Object.values(files)) await readPrepared(folder, file);
    }
    return true;
  } catch (error) {
    if (error instanceof AppError) return false;
    throw error;
  }
}
