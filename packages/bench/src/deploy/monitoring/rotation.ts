import { execFile } from 'node:child_process';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { complaintsOf } from './promtool.ts';

const run = promisify(execFile);

/**
 * Rotates a log by logrotate/docusnap, as whoever runs this and in a folder of its own, since neither the user nor the folder that it names need be
 * here; what is wrong with what came of it.
 */
export async function rotated(file: string, folder: string): Promise<string[]> {
  const logs = join(folder, 'log');
  await mkdir(logs, { mode: 0o755 });
  const recipe = join(folder, 'logrotate.conf');
  const [user, group] = (await Promise.all([run('id', ['-un']), run('id', ['-gn'])])).map(({ stdout }) =>
    stdout.trim(),
  );
  const text = (await readFile(file, 'utf8'))
    .replaceAll('/var/log/docusnap/', `${logs}/`)
    .replace(/^( *su ).*$/m, `$1${user} ${group}`);
  // It takes recipes that only their owner may write.
  await writeFile(recipe, text, { mode: 0o644 });
  await writeFile(join(logs, 'gateway.log'), '{"msg":"a line"}\n');
  const complaints = await complaintsOf('logrotate', ['--force', '--state', join(folder, 'state'), recipe], folder);
  if (complaints.length > 0) return complaints;
  const left = (await readdir(logs)).sort((one, other) => one.localeCompare(other));
  const kept = await readFile(join(logs, 'gateway.log.1'), 'utf8').catch(() => '');
  const isRight = left.join() === 'gateway.log,gateway.log.1' && kept === '{"msg":"a line"}\n';
  return isRight ? [] : [`logrotate/docusnap: what is left after a rotation is ${left.join(', ')}`];
}
