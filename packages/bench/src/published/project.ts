import { copyFile, mkdir, symlink, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { makePdf } from '@docusnap/testing';
import type { RunningSystem } from '../system.ts';
import { environmentOf, type Node } from './node-versions.ts';
import type { Packed } from './pack.ts';
import { runProgram } from './run-program.ts';
import type { Trials } from './trials.ts';

const ROOT = fileURLToPath(new URL('../../../../', import.meta.url));
const SAMPLE = join(ROOT, 'deploy', 'embedded', 'sample', 'invoice.jpg');
export const TSC = join(ROOT, 'node_modules', '.bin', 'tsc');

export interface Place {
  readonly packed: Packed;
  readonly system: RunningSystem;
  readonly folder: string;
}

/** An empty project with what was packed in it, and files to read. */
export interface Project {
  readonly path: string;
  readonly environment: Record<string, string | undefined>;
  run(program: string, args: readonly string[], codes?: readonly number[]): ReturnType<typeof runProgram>;
}

export async function newProject(node: Node, { packed, system, folder }: Place, name: string): Promise<Project> {
  const path = join(folder, name);
  await mkdir(path, { recursive: true });
  await writeFile(join(path, 'package.json'), '{ "name": "empty", "private": true, "type": "module" }\n');
  const environment = {
    ...environmentOf(node),
    HOME: path,
    DOCUSNAP_URL: system.url,
    DOCUSNAP_API_KEY: system.key,
  };
  const run: Project['run'] = (program, args, codes) =>
    runProgram(program, args, { folder: path, environment, ...(codes && { codes }) });
  await run('npm', ['install', '--offline', '--no-audit', '--no-fund', packed.tarball]);
  await copyFile(SAMPLE, join(path, 'invoice.jpg'));
  await writeFile(join(path, 'two-pages.pdf'), twoPages());
  return { path, environment, run };
}

function twoPages(): Buffer {
  const page = (text: string) => ({ width: 595, height: 842, texts: [{ text, x: 72, y: 700, size: 14 }] });
  return makePdf([page('The first page of a letter to nobody'), page('The second page, and the last')]);
}

/** What examples and types need beside the package itself. */
export async function lendPackages({ path }: Project): Promise<void> {
  await mkdir(join(path, 'node_modules', '@types'), { recursive: true });
  const here = createRequire(import.meta.url);
  const root = createRequire(join(ROOT, 'package.json'));
  const folders = [
    ['zod', here.resolve('zod/package.json')],
    ['@types/node', root.resolve('@types/node/package.json')],
  ] as const;
  for (const [name, manifest] of folders) await symlink(dirname(manifest), join(path, 'node_modules', name), 'dir');
}

/** Tries the package with one version of Node.js: both kinds of module against the system, and the command. */
export async function tryProject(trials: Trials, { node, ...place }: Place & { readonly node: Node }): Promise<void> {
  const called = `Node.js ${node.major}`;
  const project = await trials.try(`${called}: npm install into an empty project`, () =>
    newProject(node, place, `node-${node.major}`),
  );
  if (!project) return;
  for (const [kind, file, program] of [
    ['import', 'read.mjs', IMPORT],
    ['require', 'read.cjs', REQUIRE],
  ] as const) {
    await writeFile(join(project.path, file), program);
    await trials.try(`${called}: ${kind} reads a file`, async () => {
      const { stdout, stderr } = await project.run(node.program, [file]);
      expectText(stdout, 'INVOICE');
      if (stderr !== '') throw new Error(`It wrote on the error output: ${stderr}`);
    });
  }
  await trials.try(`${called}: the command prints the text of a file and nothing else`, async () => {
    const { stdout, stderr } = await project.run('npx', ['--no-install', 'docusnap', 'read', 'invoice.jpg', '--quiet']);
    expectText(stdout, 'INVOICE');
    if (stderr !== '') throw new Error(`It wrote on the error output: ${stderr}`);
  });
}

export function expectText(text: string, part: string): void {
  if (!text.includes(part)) throw new Error(`"${part}" is not in:\n${text.slice(0, 2_000)}`);
}

const BODY = `
const docusnap = openDocuSnap({ url: process.env.DOCUSNAP_URL, apiKey: process.env.DOCUSNAP_API_KEY });
const main = async () => {
  const { text, pages } = await docusnap.read('invoice.jpg');
  if (pages.length !== 1) throw new Error('there is one page');
  const error = await docusnap.jobs.get('none').catch((error) => error);
  if (!isDocuSnapError(error, 'job_not_found')) throw error;
  console.log(text);
};
main();
`;
const IMPORT = `import { isDocuSnapError, openDocuSnap } from '@docusnap/client';\n${BODY}`;
const REQUIRE = `const { isDocuSnapError, openDocuSnap } = require('@docusnap/client');\n${BODY}`;
