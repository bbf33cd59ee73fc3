import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { consoleLink } from './console-link.ts';
import { foldersOf } from './folders.ts';
import { homeFrom } from './options.ts';
import { readRunning } from './running.ts';
import { readSecret, secretPath } from './secrets.ts';
import { StartError } from './start-error.ts';

/** `npm run console`: prints a new link to the console of the system that runs in DOCUSNAP_HOME, or of the one that DOCUSNAP_URL names. */

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..');

function findSystem(environment: NodeJS.ProcessEnv): { url: string; apiKey: string } {
  const { DOCUSNAP_URL: url, DOCUSNAP_API_KEY: apiKey } = environment;
  if (url) {
    if (!apiKey) throw new StartError('DOCUSNAP_URL is set, so DOCUSNAP_API_KEY is needed too: a key of that system.');
    return { url: url.replace(/\/+$/, ''), apiKey };
  }
  const folders = foldersOf(homeFrom(environment, ROOT));
  const running = readRunning(folders);
  if (running === null)
    throw new StartError(`Nothing runs in ${folders.home}. "npm start" starts it and prints a link.`);
  return { url: running.url, apiKey: readSecret(secretPath(folders, 'apiKey')) };
}

async function printLink(): Promise<number> {
  try {
    const system = findSystem(process.env);
    const link = await consoleLink(system).catch((cause: unknown) => {
      throw new StartError(`${system.url} cannot be reached.`, { cause });
    });
    if (link === null)
      throw new StartError(
        `${system.url} gives no link: its console is off or not built, or the key has no scope admin.`,
      );
    process.stdout.write(`${link}\n`);
    return 0;
  } catch (error) {
    if (!(error instanceof StartError)) throw error;
    process.stderr.write(`${error.message}\n`);
    return 1;
  }
}

process.exitCode = await printLink();
process.disconnect?.();
