import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { chmod, chown, cp, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { postgresUser } from '@docusnap/testing';
import type { KeyFiles } from './installation.ts';
import { run } from './run.ts';

/** Where things lie during the check. */
export interface Places {
  /** A copy of deploy/backup that the database's user can run. */
  readonly programs: string;
  /** BACKUP_DIR, and the file with the settings. */
  readonly backups: string;
  readonly settings: string;
  /** Private key of age. */
  readonly identity: string;
  readonly keys: KeyFiles;
  readonly blobs: string;
}

export async function makePlaces(root: string, folder: string): Promise<Places> {
  const places = {
    programs: join(folder, 'programs'),
    backups: join(folder, 'backups'),
    settings: join(folder, 'backup.env'),
    identity: join(folder, 'identity'),
    blobs: join(folder, 'blobs'),
  };
  const secrets = join(folder, 'secrets');
  for (const path of [places.backups, places.blobs, secrets]) await mkdir(path);
  await cp(join(root, 'deploy/backup'), places.programs, { recursive: true });
  const { stderr } = await run('age-keygen', ['-o', places.identity]);
  const recipients = join(folder, 'recipients');
  await writeFile(recipients, `${/age1\w+/.exec(stderr)?.[0]}\n`);
  const keys = await makeKeys(secrets);
  // The log is archived, and fetched again, by the database's user.
  const user = postgresUser();
  await chmod(folder, 0o711);
  if (user) for (const path of [places.backups, places.identity]) await chown(path, user.uid, user.gid);
  for (const path of [places.programs, recipients]) await chmod(path, 0o755);
  await writeFile(
    places.settings,
    [
      `BACKUP_DIR=${places.backups}`,
      `BACKUP_RECIPIENTS_FILE=${recipients}`,
      `BACKUP_FILES=${Object.values(keys).join(':')}`,
      `BLOB_DIR=${places.blobs}`,
      'BACKUP_POSTGRES_BIN=/usr/lib/postgresql/15/bin',
      '',
    ].join('\n'),
    { mode: 0o644 },
  );
  return { ...places, keys };
}

async function makeKeys(secrets: string): Promise<KeyFiles> {
  const keys = {
    masterKey: join(secrets, 'master-key'),
    encryptionKeys: join(secrets, 'encryption-keys.pem'),
    apiKey: join(secrets, 'api-key'),
  };
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 });
  await writeFile(keys.masterKey, `restore:${randomBytes(32).toString('base64')}\n`, { mode: 0o600 });
  await writeFile(keys.encryptionKeys, privateKey.export({ format: 'pem', type: 'pkcs8' }), { mode: 0o600 });
  await writeFile(keys.apiKey, `ds_${randomBytes(4).toString('hex')}_${randomBytes(32).toString('base64url')}\n`, {
    mode: 0o600,
  });
  return keys;
}
