import { setTimeout as pause } from 'node:timers/promises';
import { lockHolder } from '../../lock.mjs';
import { foldersOf } from '../folders.ts';
import { type Environment, homeFrom } from '../options.ts';
import { freePort } from '../ports.ts';
import type { Progress } from '../progress.ts';
import { readRunning } from '../running.ts';
import { readSecret, secretPath } from '../secrets.ts';
import { StartError } from '../start-error.ts';
import { AlreadyRunning, startSystem } from '../system.ts';
import type { Api } from './api.ts';

const ASK_EVERY_MS = 200;

export interface FoundSystem extends Api {
  /** Stops the system when it was started for this call; else does nothing. */
  release(): Promise<void>;
}

/**
 * The system to read with: the one that DOCUSNAP_URL names, else the one that runs in this folder, else one that is started for
 * this call, on free ports and with the same data.
 */
export async function findSystem(context: {
  root: string;
  environment: Environment;
  progress: Progress;
  signal: AbortSignal;
}): Promise<FoundSystem> {
  const { environment, root } = context;
  if (environment.DOCUSNAP_URL) return { ...named(environment), release: async () => undefined };
  const home = homeFrom(environment, root);
  for (;;) {
    const running = await findRunning(home, context);
    if (running !== null) return { ...running, release: async () => undefined };
    try {
      const options = { home, port: await freePort(), ocrPort: await freePort() };
      const system = await startSystem(options, context);
      return { url: system.url, key: system.apiKey, release: system.stop };
    } catch (error) {
      // Another command was faster; then there is one to read with.
      if (!(error instanceof AlreadyRunning)) throw error;
    }
  }
}

function named(environment: Environment): Api {
  const { DOCUSNAP_URL: url, DOCUSNAP_API_KEY: key } = environment;
  if (!key) throw new StartError('DOCUSNAP_URL is set, so DOCUSNAP_API_KEY is needed too: a key of that system.');
  if (!URL.canParse(url!))
    throw new StartError(`Expected DOCUSNAP_URL to be an address like http://host:8000, got "${url}".`);
  return { url: url!.replace(/\/+$/, ''), key };
}

/** Waits for a system that is still starting; null when none runs in this folder. */
async function findRunning(
  home: string,
  { progress, signal }: { progress: Progress; signal: AbortSignal },
): Promise<Api | null> {
  const folders = foldersOf(home);
  for (;;) {
    const running = readRunning(folders);
    if (running !== null) return { url: running.url, key: readSecret(secretPath(folders, 'apiKey')) };
    if (lockHolder(folders.lock, folders.data) === null) return null;
    progress.step('Waiting for the system that is starting or stopping in this folder');
    await pause(ASK_EVERY_MS, undefined, { signal });
  }
}
