import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readArguments } from '../backup/arguments.ts';
import { homeFrom } from '../options.ts';
import { openProgress } from '../progress.ts';
import { StartError } from '../start-error.ts';
import { openStopSignal } from '../stop-signal.ts';
import { restore } from './restore.ts';

/** `npm run restore -- DIR`: makes the installation in DOCUSNAP_HOME from what `npm run backup` wrote. */

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..', '..');
const USAGE = `Usage: npm run restore -- DIR [--keys FOLDER] [--passphrase-file FILE]
Makes an installation in DOCUSNAP_HOME (.docusnap) from the backup in DIR, checking every file. It overwrites nothing: where there are
data already it refuses.
  --keys FOLDER           the folder of keys, for a backup made --without-keys
  --passphrase-file FILE  what a sealed backup was sealed with`;
const INTERRUPTED = 130;
const MIB = 1024 * 1024;

const progress = openProgress(process.stderr);
const stop = openStopSignal(() => process.exit(INTERRUPTED));
stop.signal.addEventListener('abort', () => process.exit(INTERRUPTED));

async function run(): Promise<number> {
  const asked = readArguments(process.argv.slice(2), USAGE, { keys: { type: 'string' } });
  if (asked === null) return 0;
  const from = (path: string): string => resolve(process.env.INIT_CWD ?? process.cwd(), path);
  const keys = typeof asked.values.keys === 'string' ? from(asked.values.keys) : null;
  const options = { passphrase: asked.passphrase, keys, progress };
  const { manifest, folders, hasKeys } = await restore(homeFrom(process.env, ROOT), from(asked.folder), options);
  progress.clear();
  const how = `${manifest.files} files, ${(manifest.bytes / MIB).toFixed(1)} MiB`;
  progress.line(`Restored what was backed up at ${manifest.made_at} (${how}, each checked) into ${folders.data}.`);
  progress.line(
    hasKeys
      ? 'Start it with: npm start'
      : `The keys are not in the backup. Put your copy of them into ${folders.secrets} before you start it.`,
  );
  return 0;
}

try {
  process.exitCode = await run();
} catch (error) {
  progress.clear();
  if (!(error instanceof StartError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
process.exit();
