// `node deploy/docker/keep.mjs SERVICE [FOLDER...]`, in a copy of the workspace: removes what the service does not run with, so that an image holds
// its packages, what they depend on, and nothing else. Not for a working tree: it refuses where there is a .git.
import { existsSync, globSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

const [service, ...kept] = process.argv.slice(2);
if (service === undefined || !existsSync(join('services', service))) {
  throw new Error('usage: node deploy/docker/keep.mjs SERVICE [FOLDER...]');
}
if (existsSync('.git')) throw new Error('this is a working tree, from which nothing is to be removed');

const rooms = ['packages', 'services'].flatMap((floor) =>
  readdirSync(floor)
    .map((name) => join(floor, name))
    .filter((folder) => existsSync(join(folder, 'package.json'))),
);
const manifestOf = (folder) => JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
const folderOf = new Map(rooms.map((folder) => [manifestOf(folder).name, folder]));

const needed = new Set();
const need = (folder) => {
  if (needed.has(folder)) return;
  needed.add(folder);
  for (const name of Object.keys(manifestOf(folder).dependencies ?? {})) {
    if (folderOf.has(name)) need(folderOf.get(name));
  }
};
need(join('services', service));

for (const folder of rooms) {
  if (needed.has(folder)) continue;
  const inside = kept.filter((path) => path.startsWith(`${folder}/`));
  if (inside.length === 0) rmSync(folder, { recursive: true });
  else keepOnly(folder, inside);
}
const ROOT = ['LICENSE', 'NOTICE', 'deploy', 'node_modules', 'package.json', 'packages', 'services'];
for (const name of readdirSync('.').filter((entry) => !ROOT.includes(entry))) rmSync(name, { recursive: true });
keepOnly('deploy', ['deploy/docker/healthcheck.mjs', 'deploy/docker/sbom.mjs']);

// Of packages: types and maps of sources, which nothing reads that runs, and Prisma's compilers for databases that are not PostgreSQL.
const IDLE = /\.(map|d\.[cm]?ts)$|query_compiler_\w+_bg\.(cockroachdb|mysql|sqlite|sqlserver)\./;
removeIdle(join('node_modules', '.pnpm'));
// onnxruntime brings its libraries for all systems, 245 MiB for others than this.
const here = join(process.platform, process.arch);
for (const path of globSync('node_modules/.pnpm/onnxruntime-node@*/node_modules/onnxruntime-node/bin/*/*/*')) {
  if (!path.endsWith(here)) rmSync(path, { recursive: true });
}

/** Goes into folders, not where links lead. */
function removeIdle(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) removeIdle(path);
    else if (entry.isFile() && IDLE.test(entry.name)) rmSync(path);
  }
}

/** Removes all below a folder but some paths. */
function keepOnly(folder, paths) {
  for (const name of readdirSync(folder)) {
    const path = `${folder}/${name}`;
    if (paths.includes(path)) continue;
    if (paths.some((one) => one.startsWith(`${path}/`))) keepOnly(path, paths);
    else rmSync(path, { recursive: true });
  }
}
