import { mkdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runProgram } from './run-program.ts';

const BUILD = fileURLToPath(new URL('../../../client/build.mjs', import.meta.url));

/** What `npm publish` would send. */
export interface Packed {
  readonly tarball: string;
  readonly bytes: number;
  /** How many packages it brings along. */
  readonly dependencies: number;
}

export async function packClient(folder: string): Promise<Packed> {
  const built = join(folder, 'built');
  const to = join(folder, 'packed');
  await mkdir(to, { recursive: true });
  const environment = process.env;
  await runProgram(process.execPath, [BUILD, built], { folder, environment });
  const { stdout } = await runProgram('npm', ['pack', '--json', '--pack-destination', to], {
    folder: built,
    environment,
  });
  const parsed: unknown = JSON.parse(stdout);
  const [first] = (Array.isArray(parsed) ? parsed : Object.values(parsed as object)) as { filename: string }[];
  const tarball = join(to, first!.filename.replace(/^@/, '').replace('/', '-'));
  const { dependencies = {} } = JSON.parse(await readFile(join(built, 'package.json'), 'utf8'));
  return { tarball, bytes: (await stat(tarball)).size, dependencies: Object.keys(dependencies).length };
}
