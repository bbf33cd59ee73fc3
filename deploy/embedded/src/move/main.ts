import { mkdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { BlobSettings } from '@docusnap/blobs';
import { AppError } from '@docusnap/contracts';
import { ConfigError, readConfig } from '@docusnap/runtime';
import { z } from 'zod';
import { homeFrom } from '../options.ts';
import { openProgress } from '../progress.ts';
import { StartError } from '../start-error.ts';
import { openStopSignal } from '../stop-signal.ts';
import { moveEmbedded, moveTasks } from './move.ts';

/** `npm run move`: from the embedded system to servers of its own, or from the `tasks.db` of an old DocuSnap. */

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..', '..');
const USAGE = `Usage: npm run move -- --from embedded --to URL [--blobs s3://BUCKET[/PREFIX] | --blobs DIR] [--keys DIR]
       npm run move -- --from tasks.db [--to URL]
Copies the jobs, API keys and settings of this installation, which must not run, to the PostgreSQL at URL, and its stored files to S3
(as BLOB_S3_ENDPOINT and the like say) or into a folder; all is compared afterwards, and stays here as it is. Cut off, it goes on.
With a tasks.db, the finished results of an old DocuSnap keep answering polls, here or at URL.
  --to URL     the database as docusnap_owner: postgres://docusnap_owner:PASSWORD@HOST/NAME (or DATABASE_OWNER_URL)
  --keys DIR   copies the master key, the keys of DocuSnap v1 and the API key there, for MASTER_KEY_FILE and the like`;
const INTERRUPTED = 130;
const MIB = 1024 * 1024;

const progress = openProgress(process.stderr);
const stop = openStopSignal(() => process.exit(INTERRUPTED));
const fromHere = (path: string): string => resolve(process.env.INIT_CWD ?? process.cwd(), path);

function readOptions() {
  try {
    const text = { type: 'string' } as const;
    return parseArgs({ options: { from: text, to: text, blobs: text, keys: text, help: { type: 'boolean' } } }).values;
  } catch (error) {
    throw new StartError(`${error instanceof Error ? error.message : String(error)}\n${USAGE}`, { cause: error });
  }
}

async function run(): Promise<void> {
  const asked = readOptions();
  const home = homeFrom(process.env, ROOT);
  const databaseUrl =
    asked.to ?? readConfig(z.object({ DATABASE_OWNER_URL: z.string().optional() }), process.env).DATABASE_OWNER_URL;
  const options = { progress, signal: stop.signal };
  if (asked.help) process.stdout.write(`${USAGE}\n`);
  else if (asked.from === 'embedded' && databaseUrl !== undefined) {
    const blobs = asked.blobs === undefined ? null : settingsOf(asked.blobs);
    const keys = asked.keys === undefined ? null : fromHere(asked.keys);
    const { rows, files, folders } = await moveEmbedded(home, { databaseUrl, blobs, keys }, options);
    progress.clear();
    progress.line(`Moved ${rows.rows} rows of ${rows.tables} tables; both sides are the same.`);
    if (files === null)
      progress.line(
        `The stored files stay in ${folders.blobs}: share that folder (BLOB_DIR), or begin anew, with an empty database and --blobs.`,
      );
    else
      progress.line(
        `Moved ${files.files - files.before} stored files, ${files.before} were there; all ${files.files} (${(files.bytes / MIB).toFixed(1)} MiB) read the same.`,
      );
    progress.line(
      `The services need the same master key: ${keys ?? folders.secrets} holds it (master-key), for MASTER_KEY_FILE,`,
    );
    progress.line(
      'and encryption-keys.pem, for DOCUSNAP_V1_KEYS_FILE. This installation was only read; do not start both.',
    );
  } else if (asked.from !== undefined && asked.from !== 'embedded' && !asked.blobs && !asked.keys) {
    if (databaseUrl === undefined) mkdirSync(home, { recursive: true });
    const to = databaseUrl === undefined ? { home } : { databaseUrl };
    const { imported, before, left } = await moveTasks(fromHere(asked.from), to, options);
    progress.clear();
    progress.line(`Imported ${imported} finished tasks; ${before} were there already.`);
    for (const [why, count] of Object.entries(left)) if (count > 0) progress.line(`${count} were left behind: ${why}.`);
  } else throw new StartError(USAGE);
}

function settingsOf(blobs: string): BlobSettings {
  const { BLOB_DIR: _dir, BLOB_S3: _s3, ...others } = process.env;
  const place = blobs.startsWith('s3://') ? { BLOB_S3: blobs } : { BLOB_DIR: fromHere(blobs) };
  return readConfig(BlobSettings, { ...others, ...place });
}

try {
  await run();
} catch (error) {
  progress.clear();
  const isKnown = error instanceof StartError || error instanceof ConfigError || error instanceof AppError;
  if (stop.signal.aborted) process.exitCode = INTERRUPTED;
  else if (isKnown) {
    const { cause } = error;
    process.stderr.write(
      `${error.message}${error instanceof AppError && cause instanceof Error ? ` (${cause.message})` : ''}\n`,
    );
    process.exitCode = 1;
  } else throw error;
}
process.disconnect?.();
