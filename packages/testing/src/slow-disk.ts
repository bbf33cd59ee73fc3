import { existsSync, readFileSync } from 'node:fs';
import promises from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { setTimeout as delay } from 'node:timers/promises';

/**
 * A slow disk, for tests: loaded into a process before its program (`node --import`), it delays what is done with files below BLOB_DIR by as many
 * milliseconds as the file BLOB_DIR.slow says, and by none where there is no such file. The program knows nothing of it.
 */
const folder = process.env.BLOB_DIR ?? '';
const control = `${folder}.slow`;

async function wait(path: unknown): Promise<void> {
  if (folder === '' || !String(path).startsWith(folder) || !existsSync(control)) return;
  const ms = Number(readFileSync(control, 'utf8'));
  if (ms > 0) await delay(ms);
}

type Call = (path: never, ...rest: never[]) => Promise<unknown>;
const calls = promises as unknown as Record<string, Call>;
for (const name of ['open', 'rename', 'mkdir', 'rm', 'readdir', 'stat']) {
  const call = calls[name];
  if (!call) throw new TypeError(`Expected node:fs/promises to have ${name}`);
  calls[name] = async (path, ...rest) => {
    await wait(path);
    return call(path, ...rest);
  };
}
syncBuiltinESMExports();
