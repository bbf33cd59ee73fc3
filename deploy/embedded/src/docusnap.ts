import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { configPath } from '../../../packages/client/src/command/settings.ts';
import { foldersOf } from './folders.ts';
import { homeFrom } from './options.ts';
import { readRunning } from './running.ts';
import { readSecret, secretPath } from './secrets.ts';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..');

/**
 * `npm run -s docusnap`: the published command, for the system that runs in this folder where no other is named, be it by an option, the environment
 * or the command's own configuration. The key of this one goes nowhere else.
 */
const { env: environment } = process;
const names = ['--url', '--config'];
const isNamed =
  process.argv.slice(2).some((word) => names.some((name) => word === name || word.startsWith(`${name}=`))) ||
  Boolean(environment.DOCUSNAP_URL || environment.DOCUSNAP_API_KEY) ||
  existsSync(configPath(environment));
const folders = foldersOf(homeFrom(environment, ROOT));
const running = isNamed ? null : readRunning(folders);
if (running !== null) {
  environment.DOCUSNAP_URL = running.url;
  environment.DOCUSNAP_API_KEY = readSecret(secretPath(folders, 'apiKey'));
}
// npm runs scripts in the root; paths are meant from where the person stands.
if (environment.INIT_CWD) process.chdir(environment.INIT_CWD);
await import('../../../packages/client/src/command/main.ts');
