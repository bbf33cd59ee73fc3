import { chmod, cp, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TemporaryFolder, temporaryFolder } from '@docusnap/testing';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { canRun, serverAccount } from './account.ts';
import { findBinaries, serverPackage } from './binaries.ts';
import { chooseFolders } from './folders.ts';
import { openProgress } from './progress.ts';
import { testAsRoot } from './testing/as-root.ts';

/** Only its owner, whoever runs the tests, can enter it. */
let closed: TemporaryFolder;
/** Stands for /var/lib/docusnap. */
let system: TemporaryFolder;
beforeEach(async () => {
  [closed, system] = [await temporaryFolder('closed'), await temporaryFolder('system')];
});
afterEach(async () => {
  await closed.remove();
  await system.remove();
});

test('for a user other than root everything lies in the home, however closed the folders above it are', async () => {
  const home = join(closed.path, '.docusnap');
  const folders = await chooseFolders(home, null);
  expect(folders.data).toBe(join(home, 'data'));
});

testAsRoot('as root the data lie where their user can enter, and stay there', async () => {
  const account = (await serverAccount())!;
  const home = join(closed.path, 'shop', '.docusnap');
  const options = { systemFolder: join(system.path, 'docusnap') };
  await chmod(system.path, 0o755);
  const folders = await chooseFolders(home, account, options);
  expect(folders.data).toBe(join(folders.systemWide, 'data'));
  expect(folders.systemWide).toMatch(new RegExp(`^${options.systemFolder}/shop-[0-9a-f]{12}$`));
  expect(folders.secrets).toBe(join(home, 'secrets'));

  await chmod(closed.path, 0o755);
  expect((await chooseFolders(home, account, options)).data).toBe(folders.data);
});

testAsRoot('as root data that their user can no longer reach are an error, not a new beginning', async () => {
  const account = (await serverAccount())!;
  await chmod(closed.path, 0o755);
  const home = join(closed.path, '.docusnap');
  const folders = await chooseFolders(home, account);
  await mkdir(folders.postgres);
  await chmod(closed.path, 0o700);
  await expect(chooseFolders(home, account)).rejects.toThrow(
    `The data lie in ${folders.postgres}, which the user "postgres", who runs the database, can no longer enter.`,
  );
});

testAsRoot('as root a server that its user cannot run is copied to the system-wide folder, once', async () => {
  const account = (await serverAccount())!;
  await chmod(system.path, 0o755);
  const folders = await chooseFolders(join(closed.path, '.docusnap'), account, {
    systemFolder: join(system.path, 'd'),
  });
  const native = join(closed.path, 'native');
  await cp(serverPackage().native, native, { recursive: true, verbatimSymlinks: true });
  expect(await canRun(account, join(native, 'bin', 'postgres'))).toBe(false);

  const told: string[] = [];
  const progress = { ...openProgress(process.stderr), step: (text: string) => void told.push(text) };
  const binaries = await findBinaries(folders, account, progress, { native, version: '1' });
  expect(binaries.postgres).toBe(join(folders.systemWide, 'postgresql-1', 'bin', 'postgres'));
  expect(await canRun(account, binaries.initdb)).toBe(true);
  expect(told).toEqual([`Copying the database server to ${folders.systemWide}/postgresql-1`]);

  await writeFile(join(folders.systemWide, 'postgresql-1', 'mark'), '');
  expect(await findBinaries(folders, account, progress, { native, version: '1' })).toEqual(binaries);
  expect(told).toHaveLength(1);
});
