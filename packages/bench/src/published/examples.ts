import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { lendPackages, newProject, type Place, type Project, TSC } from './project.ts';
import type { Trials } from './trials.ts';

const README = fileURLToPath(new URL('../../../client/README.md', import.meta.url));

/** How people compile that use the package. */
const COMPILERS = [
  { name: 'NodeNext', module: 'nodenext', moduleResolution: 'nodenext', lib: ['es2023'], types: ['node'] },
  {
    name: 'a bundler, with the DOM',
    module: 'esnext',
    moduleResolution: 'bundler',
    lib: ['es2023', 'dom', 'dom.iterable'],
    types: ['node'],
  },
] as const;

/** Checks the types of every example of the README, strictly, as ES modules and as CommonJS, and runs each. */
export async function tryExamples(trials: Trials, place: Place): Promise<void> {
  const node = { major: 24, program: process.execPath };
  const project = await trials.try('examples: npm install into an empty project', () =>
    newProject(node, place, 'examples'),
  );
  if (!project) return;
  await lendPackages(project);
  const examples = [...(await readFile(README, 'utf8')).matchAll(/```ts\n([\s\S]*?)```/g)].map(
    ([, code]) => code ?? '',
  );
  const files = examples.map((_, index) => `example-${index + 1}.ts`);
  for (const [index, file] of files.entries()) await writeFile(join(project.path, file), examples[index] ?? '');
  await writeFile(join(project.path, 'required.cts'), COMMONJS);
  for (const { name, ...options } of COMPILERS) {
    const all = options.module === 'nodenext' ? [...files, 'required.cts'] : files;
    await trials.try(`types: ${all.length} files compile with ${name}`, () => compile(project, options, all));
  }
  for (const [index, file] of files.entries()) {
    await trials.try(`example ${index + 1} of the README runs`, () => project.run(node.program, [file]));
  }
}

async function compile(project: Project, options: object, files: readonly string[]): Promise<void> {
  const shared = {
    target: 'es2023',
    strict: true,
    noEmit: true,
    skipLibCheck: false,
    exactOptionalPropertyTypes: true,
  };
  await writeFile(
    join(project.path, 'tsconfig.json'),
    JSON.stringify({ compilerOptions: { ...shared, ...options }, files }),
  );
  await project.run(TSC, ['-p', 'tsconfig.json']);
}

const COMMONJS = `import client = require('@docusnap/client');
const docusnap: client.DocuSnap = client.openDocuSnap({ url: 'http://127.0.0.1:8000' });
export const read: (path: string) => Promise<client.Reading> = (path) => docusnap.read(path);
`;
