import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { homeFrom } from '../options.ts';
import { openProgress } from '../progress.ts';
import { StartError } from '../start-error.ts';
import { openStopSignal } from '../stop-signal.ts';
import { readArguments } from './arguments.ts';
import { backUp } from './back-up.ts';

/** `npm run backup -- DIR`: a copy of the installation in DOCUSNAP_HOME, from which `npm run restore` makes one again. */

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..', '..');
const USAGE = `Usage: npm run backup -- DIR [--without-keys] [--passphrase-file FILE]
Copies database, stored files and keys of this installation into the empty folder DIR, while it runs or not.
  --without-keys          leaves the folder of keys out, to be kept elsewhere: whoever has the copy then reads nothing, and neither do
                          you without those keys
  --passphrase-file FILE  seals the whole copy (AES-256-GCM, key by scrypt) under what FILE holds`;
const INTERRUPTED = 130;
const MIB = 1024 * 1024;

const progress = openProgress(process.stderr);
const stop = openStopSignal(() => process.exit(INTERRUPTED));
stop.signal.addEventListener('abort', () => process.exit(INTERRUPTED));

async function run(): Promise<number> {
  const asked = readArguments(process.argv.slice(2), USAGE, { 'without-keys': { type: 'boolean' } });
  if (asked === null) return 0;
  const folder = resolve(process.env.INIT_CWD ?? process.cwd(), asked.folder);
  const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string };
  const keys = asked.values['without-keys'] !== true;
  const home = homeFrom(process.env, ROOT);
  if (!existsSync(home)) throw new StartError(`There is no installation in ${home}: nothing to back up.`);
  const manifest = await backUp(realpathSync(home), folder, { keys, passphrase: asked.passphrase, progress, version });
  progress.clear();
  const how = `${manifest.files} files, ${(manifest.bytes / MIB).toFixed(1)} MiB${manifest.sealed ? ', sealed' : ''}`;
  progress.line(`Backed up ${manifest.while_running ? 'while it runs' : 'while it does not run'}: ${folder} (${how}).`);
  if (!keys) {
    progress.line(
      `The keys are not in it. Keep a copy of ${join(home, 'secrets')} elsewhere: without them nothing opens.`,
    );
  } else if (asked.passphrase === null) {
    progress.line('The keys lie beside what they open, so whoever has this folder reads all of it. Guard it, or use');
    progress.line('--without-keys or --passphrase-file.');
  }
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
