import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chown, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { RunAs } from '@docusnap/testing';

const run = promisify(execFile);

/** What an installation makes once for itself. */
export interface Secrets {
  readonly apiKey: string;
  readonly apiKeyFile: string;
  readonly masterKey: string;
  readonly passwords: Readonly<Record<PasswordName, string>>;
  /** The same, each in a file that the database's user may read. */
  readonly passwordFiles: Readonly<Record<PasswordName, string>>;
  readonly certificate: string;
  readonly certificateKey: string;
}

const PASSWORDS = ['postgres', 'replicator', 'monitor', 'owner', 'api', 'worker'] as const;
export type PasswordName = (typeof PASSWORDS)[number];

export async function makeSecrets(folder: string, readBy: RunAs | null): Promise<Secrets> {
  const apiKey = `ds_${randomBytes(4).toString('hex')}_${randomBytes(32).toString('base64url')}`;
  const apiKeyFile = join(folder, 'api-key');
  await writeFile(apiKeyFile, `${apiKey}\n`, { mode: 0o600 });
  const passwords = {} as Record<PasswordName, string>;
  const passwordFiles = {} as Record<PasswordName, string>;
  for (const name of PASSWORDS) {
    passwords[name] = randomBytes(24).toString('base64url');
    passwordFiles[name] = join(folder, `${name}-password`);
    await writeFile(passwordFiles[name], passwords[name], { mode: 0o600 });
    if (readBy) await chown(passwordFiles[name], readBy.uid, readBy.gid);
  }
  return {
    apiKey,
    apiKeyFile,
    masterKey: `stack:${randomBytes(32).toString('base64')}`,
    passwords,
    passwordFiles,
    ...(await makeCertificate(folder)),
  };
}

/** For localhost, signed by itself. */
export async function makeCertificate(folder: string): Promise<Pick<Secrets, 'certificate' | 'certificateKey'>> {
  const certificate = join(folder, 'certificate.pem');
  const certificateKey = join(folder, 'certificate-key.pem');
  const names = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'];
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  await run('openssl', [
    'req',
    '-x509',
    ...key,
    '-keyout',
    certificateKey,
    '-out',
    certificate,
    '-days',
    '2',
    ...names,
  ]);
  return { certificate, certificateKey };
}
