import { mkdir, readFile, rm, stat } from 'node:fs/promises';
import { type TemporaryFolder, temporaryFolder } from '@docusnap/testing';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { chooseFolders, type Folders } from './folders.ts';
import { openSecrets, secretPath } from './secrets.ts';

let home: TemporaryFolder;
let folders: Folders;
beforeEach(async () => {
  home = await temporaryFolder('secrets');
  folders = await chooseFolders(home.path, null);
});
afterEach(() => home.remove());

test('secrets are made once, each its own, outside the data, for nobody else to read', async () => {
  const secrets = openSecrets(folders);
  expect(openSecrets(folders)).toEqual(secrets);
  expect(new Set(Object.values(secrets)).size).toBe(5);
  expect(secrets.apiKey).toMatch(/^ds_[0-9a-f]{8}_[A-Za-z0-9_-]{43}$/);
  expect(folders.secrets.startsWith(folders.data)).toBe(false);
  expect(await readFile(secretPath(folders, 'encryptionKeys'), 'utf8')).toMatch(
    /^-----BEGIN PRIVATE KEY-----\n[\s\S]+-----END PRIVATE KEY-----\n$/,
  );
  for (const name of ['masterKey', 'apiKey', 'superuserPassword', 'encryptionKeys'] as const) {
    expect((await stat(secretPath(folders, name))).mode & 0o777).toBe(0o600);
  }
  expect((await stat(folders.secrets)).mode & 0o777).toBe(0o700);
});

test('a missing master key is not replaced once there are data, which a new one could not open', async () => {
  openSecrets(folders);
  await mkdir(folders.postgres);
  await rm(secretPath(folders, 'masterKey'));
  expect(() => openSecrets(folders)).toThrow(/master-key is missing, but .* holds data that only it opens/);
});
