import { generateKeyPairSync, randomBytes, randomUUID } from 'node:crypto';
import { closeSync, existsSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { Folders } from './folders.ts';
import { StartError } from './start-error.ts';

/** Everything secret that an installation makes for itself on its first start. */
export interface Secrets {
  readonly apiKey: string;
  readonly superuserPassword: string;
  readonly ownerPassword: string;
  readonly apiPassword: string;
  readonly workerPassword: string;
}

/** The files by name; each holds one line, but for the encryption keys, which are in PEM. */
export const SECRET_FILES = {
  masterKey: 'master-key',
  apiKey: 'api-key',
  superuserPassword: 'database-superuser-password',
  ownerPassword: 'database-owner-password',
  apiPassword: 'database-api-password',
  workerPassword: 'database-worker-password',
  encryptionKeys: 'encryption-keys.pem',
} as const;

/** Master keys that were rotated away. */
const RETIRED_KEYS = 'master-keys-retired';

/** The master key as the services read it: an id, then 32 random bytes in base64. The id is random so that keys never share one. */
function newMasterKey(): string {
  return `${randomUUID().slice(0, 8)}:${randomBytes(32).toString('base64')}`;
}

function newPassword(): string {
  return randomBytes(24).toString('base64url');
}

/** In the form the gateway gives its own keys: what may be shown of it, then the secret. */
function newApiKey(): string {
  return `ds_${randomBytes(4).toString('hex')}_${randomBytes(32).toString('base64url')}`;
}

/** Bits: what the DocuSnap v1 protocol has. */
const RSA_BITS = 2_048;

/** The key that DocuSnap v1 clients encrypt to. A newer one goes before it in the file, where it stays for what is still under it. */
function newEncryptionKey(): string {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: RSA_BITS });
  return privateKey.export({ format: 'pem', type: 'pkcs8' }).toString().trim();
}

/**
 * Reads the secrets, making those that are missing, in files that only this user can read. Once there are data, a missing
 * master key or superuser password is an error: a new one would open nothing.
 */
export function openSecrets(folders: Folders): Secrets {
  const hasData = existsSync(folders.postgres);
  const open = (name: keyof typeof SECRET_FILES, make: () => string, needed = false): string => {
    const path = join(folders.secrets, SECRET_FILES[name]);
    if (existsSync(path)) return readSecret(path);
    if (needed && hasData) {
      throw new StartError(
        `${path} is missing, but ${folders.data} holds data that only it opens. Put the file back; ` +
          'or, to start anew without those data, move that folder away.',
      );
    }
    const value = make();
    writeSecret(path, value);
    return value;
  };
  open('masterKey', newMasterKey, true);
  open('encryptionKeys', newEncryptionKey);
  return {
    apiKey: open('apiKey', newApiKey),
    superuserPassword: open('superuserPassword', newPassword, true),
    ownerPassword: open('ownerPassword', newPassword),
    apiPassword: open('apiPassword', newPassword),
    workerPassword: open('workerPassword', newPassword),
  };
}

/**
 * Puts a new master key before the one there is, so that from the next start on it wraps and both open. Where there are several already a rotation was
 * begun and not ended, and is gone on with.
 */
export function addMasterKey(folders: Folders): void {
  const path = secretPath(folders, 'masterKey');
  const keys = readSecret(path);
  if (!keys.includes(',')) writeSecret(path, `${newMasterKey()},${keys}`);
}

/** Takes all master keys but the first away, once nothing is wrapped by them; they are kept for old backups, whose path this gives. */
export function retireMasterKeys(folders: Folders): string {
  const path = secretPath(folders, 'masterKey');
  const [current, ...old] = readSecret(path).split(',');
  const retired = join(folders.secrets, RETIRED_KEYS);
  const before = existsSync(retired) ? readSecret(retired).split(',') : [];
  writeSecret(retired, [...new Set([...old, ...before])].join(','));
  writeSecret(path, current!);
  return retired;
}

export function secretPath(folders: Folders, name: keyof typeof SECRET_FILES): string {
  return join(folders.secrets, SECRET_FILES[name]);
}

export function readSecret(path: string): string {
  const value = readFileSync(path, 'utf8').trim();
  if (value === '') throw new StartError(`${path} is empty. Put its content back from a copy.`);
  return value;
}

/** On the disk before it is used: after a power cut, data sealed with a key that was never written would be lost. */
function writeSecret(path: string, value: string): void {
  const temporary = `${path}.new`;
  const file = openSync(temporary, 'w', 0o600);
  try {
    writeSync(file, `${value}\n`);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(temporary, path);
  const folder = openSync(join(path, '..'), 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}
