import { readdir, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openBlobStore } from '@docusnap/blobs';
import { closeDatabase, openDatabase, takeTurn } from '@docusnap/db';
import { openLog } from '@docusnap/runtime';
import { temporaryFolder, testDatabase } from '@docusnap/testing';
import { expect, test } from '@jest/globals';
import { startTidying } from './tidying.ts';

test('what a process that was killed in mid-upload left is removed at the next start, what is being written is not', async () => {
  const folder = await temporaryFolder();
  const database = await testDatabase();
  const db = openDatabase(database.workerUrl);
  const blobs = openBlobStore(folder.path);
  await blobs.check();
  const temporary = join(folder.path, '.temporary');
  await writeFile(join(temporary, 'abandoned'), 'x');
  await writeFile(join(temporary, 'current'), 'x');
  const twoDaysAgo = new Date(Date.now() - 48 * 3_600_000);
  await utimes(join(temporary, 'abandoned'), twoDaysAgo, twoDaysAgo);
  const tidying = startTidying({ db, blobs, log: openLog({ service: 'test', level: 'silent' }) });
  while ((await readdir(temporary)).length > 1) await new Promise((resolve) => setTimeout(resolve, 2));
  expect(await readdir(temporary)).toEqual(['current']);
  await tidying.stop();
  // It has taken its turns at the rest, for an hour.
  for (const turn of ['orphans', 'partitions']) {
    expect(await takeTurn(db, turn, { everySeconds: 3_000 })).toBe(false);
  }
  await closeDatabase(db);
  await database.drop();
  await folder.remove();
});
