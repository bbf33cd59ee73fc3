import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

// Makes what is published: `node packages/client/build.mjs [FOLDER]`, then `npm publish FOLDER`. Twice the same modules, for `import` and for `require`,
// each with its declarations; and a manifest without what is needed in this repository only.

const ROOM = dirname(fileURLToPath(import.meta.url));
const ROOT = join(ROOM, '..', '..');
const COMMAND = 'esm/command/main.js';

/** Emits the modules that these lead to. */
function emit(folder, entries, options) {
  const shared = {
    noEmit: false,
    declaration: true,
    target: 'es2022',
    lib: ['es2023', 'esnext.disposable'],
    rewriteRelativeImportExtensions: true,
    rootDir: join(ROOM, 'src'),
    outDir: folder,
    ...options,
  };
  const project = join(ROOM, 'node_modules', `.build-${shared.module}.json`);
  const config = { extends: join(ROOT, 'tsconfig.json'), compilerOptions: shared, include: [], files: entries };
  writeFileSync(project, JSON.stringify(config));
  execFileSync(join(ROOT, 'node_modules', '.bin', 'tsc'), ['-p', project], {
    cwd: ROOT,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  rmSync(project);
}

/** Declarations keep the names of the sources; there they are of what was emitted. */
function renameImports(folder) {
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.name.endsWith('.d.ts')) continue;
    const path = join(entry.parentPath, entry.name);
    const text = readFileSync(path, 'utf8');
    writeFileSync(path, text.replaceAll(/((?:from|import\()\s*["']\.[^"']*)\.ts(["'])/g, '$1.js$2'));
  }
}

function manifest() {
  const { devDependencies: _development, ...published } = JSON.parse(readFileSync(join(ROOM, 'package.json'), 'utf8'));
  const of = (form) => ({ types: `./${form}/index.d.ts`, default: `./${form}/index.js` });
  return {
    ...published,
    private: undefined,
    bin: { docusnap: `./${COMMAND}` },
    main: './cjs/index.js',
    types: './cjs/index.d.ts',
    exports: { '.': { import: of('esm'), require: of('cjs') }, './package.json': './package.json' },
    files: ['esm', 'cjs', 'README.md', 'ERRORS.md', 'LICENSE'],
  };
}

const folder = process.argv[2] ?? join(ROOM, 'dist');
rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
emit(join(folder, 'esm'), [join(ROOM, 'src/index.ts'), join(ROOM, 'src/command/main.ts')], { module: 'nodenext' });
emit(join(folder, 'cjs'), [join(ROOM, 'src/index.ts')], {
  module: 'commonjs',
  moduleResolution: 'bundler',
  verbatimModuleSyntax: false,
});
for (const form of ['esm', 'cjs']) renameImports(join(folder, form));
writeFileSync(join(folder, 'cjs', 'package.json'), '{ "type": "commonjs" }\n');
writeFileSync(join(folder, 'package.json'), `${JSON.stringify(manifest(), null, 2)}\n`);
for (const name of ['README.md', 'ERRORS.md']) cpSync(join(ROOM, name), join(folder, name));
cpSync(join(ROOT, 'LICENSE'), join(folder, 'LICENSE'));
