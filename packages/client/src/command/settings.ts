import { mkdirSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { writeWhole } from './batch/write-whole.ts';
import { ConfigurationError } from './exit-codes.ts';
import type { Environment } from './screen.ts';

/** Where DocuSnap answers, and a key for it. */
export interface Settings {
  readonly url: string;
  readonly apiKey: string;
}

interface Given {
  /** --url */
  readonly url?: string | undefined;
  /** --config */
  readonly config?: string | undefined;
}

/** By default in the folder that the XDG specification names. */
export function configPath(environment: Environment): string {
  const folder = environment.XDG_CONFIG_HOME || join(environment.HOME || homedir(), '.config');
  return join(folder, 'docusnap', 'config.json');
}

/** From the command line, else the environment, else the file. Throws ConfigurationError. */
export function findSettings(given: Given, environment: Environment): Settings {
  const file = readConfig(given.config ?? configPath(environment), given.config !== undefined);
  const url = given.url ?? (environment.DOCUSNAP_URL || file.url);
  const apiKey = environment.DOCUSNAP_API_KEY || file.api_key;
  if (!url) throw new ConfigurationError(`It is not known where DocuSnap is. ${HOW}`);
  if (!URL.canParse(url) || !/^https?:/.test(url))
    throw new ConfigurationError(`"${url}" is no address of a DocuSnap; one looks like http://127.0.0.1:8000.`);
  if (!apiKey) throw new ConfigurationError(`There is no API key for ${url}. ${HOW}`);
  return { url, apiKey };
}

const HOW =
  'Set DOCUSNAP_URL and DOCUSNAP_API_KEY, or keep both in a file: docusnap configure --url http://127.0.0.1:8000';

function readConfig(path: string, named: boolean): { readonly url?: string; readonly api_key?: string } {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (!named && (error as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw new ConfigurationError(
      `The configuration ${path} cannot be read (${(error as NodeJS.ErrnoException).code}).`,
    );
  }
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  } catch {
    // Said below, as for what is JSON but no object.
  }
  throw new ConfigurationError(
    `The configuration ${path} is not JSON like {"url": "http://127.0.0.1:8000", "api_key": "ds_..."}.`,
  );
}

/** Keeps where DocuSnap is, and the key, where only their owner reads them. */
export function writeConfig(path: string, { url, apiKey }: Settings): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  // A new file: an old one would keep the permissions it has.
  writeWhole(path, `${JSON.stringify({ url, api_key: apiKey }, null, 2)}\n`, { mode: 0o600 });
}
