import { execFile } from 'node:child_process';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Manifest, nameOf } from './manifest.ts';
import { moduleOf } from './schemas.ts';

/**
 * Fields that no published type knows: a server refuses or drops them, and validators of the types let them pass. Written out as TypeScript, each
 * object a literal of its kind's type, they are what the compiler refuses. `folder` is empty, and `root` the repository.
 */
export async function unknownFields(manifests: readonly Manifest[], folder: string, root: string): Promise<string[]> {
  const typed = manifests.filter((manifest) => moduleOf(manifest) !== null);
  await mkdir(folder, { recursive: true });
  await symlink(join(root, 'packages/bench/node_modules'), join(folder, 'node_modules'));
  const lines = typed.map((manifest, index) => {
    const type = `import('${moduleOf(manifest)}').I${manifest.kind}`;
    // One line each, so that the line of a complaint says which it is about.
    return `export const object${index}: ${type} = ${JSON.stringify(manifest.fields)};`;
  });
  const file = join(folder, 'objects.ts');
  await writeFile(file, `${lines.join('\n')}\n`);
  const said = await compile(root, folder, file);
  return said.map(({ line, text }) => `${nameOf(typed[line - 1]!)}: ${text}`);
}

const OPTIONS = [
  '--noEmit',
  '--strict',
  '--skipLibCheck',
  '--module',
  'nodenext',
  '--target',
  'es2024',
  '--types',
  '',
  '--pretty',
  'false',
];
/** "objects.ts(12,34): error TS2353: Object literal may only specify known properties, ..." */
const COMPLAINT = /^objects\.ts\((\d+),\d+\): error (TS\d+: .*)$/;

async function compile(root: string, folder: string, file: string): Promise<{ line: number; text: string }[]> {
  const tsc = join(root, 'node_modules/.bin/tsc');
  const { code, output } = await new Promise<{ code: unknown; output: string }>((resolve) => {
    execFile(tsc, [...OPTIONS, file], { cwd: folder, maxBuffer: 64 * 2 ** 20 }, (error, stdout, stderr) =>
      resolve({ code: error ? error.code : 0, output: `${stdout}${stderr}` }),
    );
  });
  const complaints = output.split('\n').flatMap((line) => {
    const [, number, text] = COMPLAINT.exec(line) ?? [];
    return number === undefined ? [] : [{ line: Number(number), text: text! }];
  });
  if (code !== 0 && complaints.length === 0) throw new Error(`tsc: ${output.slice(0, 2_000)}`);
  return complaints;
}
