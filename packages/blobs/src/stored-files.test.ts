import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { temporaryFolder } from '@docusnap/testing';
import { expect, test } from '@jest/globals';
import { BlobSettings } from './index.ts';
import { openStoredFiles } from './stored-files.ts';

test('a stored file that cannot be looked at ends the list with an error, and is not left out', async () => {
  const place = await temporaryFolder('stored');
  const files = await openStoredFiles(BlobSettings.parse({ BLOB_DIR: place.path }));
  const keys = async () => (await Array.fromAsync(files.list())).map(({ key }) => key);
  await mkdir(join(place.path, 'jobs'));
  await writeFile(join(place.path, 'jobs', 'a'), 'bytes');
  // Gone between the look at the folder and the look at the file.
  await symlink('gone', join(place.path, 'jobs', 'b'));
  expect(await keys()).toEqual(['jobs/a']);
  await symlink('c', join(place.path, 'jobs', 'c'));
  await expect(keys()).rejects.toMatchObject({ code: 'storage_unavailable' });
  await place.remove();
});
