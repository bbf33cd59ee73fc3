import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { takeLock } from './lock.mjs';

/** The version that wrote pnpm-lock.yaml; npx fetches it when something is to be installed, and only then. */
const PNPM = 'pnpm@12.21.0';

export class InstallError extends Error {}

/**
 * Installs the packages that pnpm-lock.yaml names and generates the database client, each only when its sources changed since.
 * Takes a few milliseconds when nothing did. Commands started at the same time wait for the first.
 */
export async function installMissing(root, environment) {
  if (missing(root).length === 0) return;
  mkdirSync(join(root, '.docusnap'), { recursive: true, mode: 0o700 });
  const lock = await waitForLock(root);
  // The lock is not released here: it stands until the command that is running has ended too.
  const running = new AbortController();
  const stopped = () => {
    running.abort();
    process.exit(130);
  };
  process.on('SIGINT', stopped).on('SIGTERM', stopped);
  try {
    for (const step of missing(root)) {
      await runStep(step, { root, environment, lock, signal: running.signal });
      keep(root, { ...kept(root), [step.name]: step.wanted() });
    }
  } finally {
    lock.release();
    process.off('SIGINT', stopped).off('SIGTERM', stopped);
  }
}

async function waitForLock(root) {
  let told = 0;
  for (;;) {
    const { lock, holder } = takeLock(join(root, '.docusnap', 'install.lock'), root);
    if (lock !== undefined) return lock;
    if (told !== holder) console.error(`Waiting for process ${holder}, which is installing packages here ...`);
    told = holder;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

/** What has to be done, in order; each step knows by a hash of its sources whether it was done. */
function missing(root) {
  const steps = [
    {
      name: 'packages',
      line: 'Installing packages',
      wanted: () => hashOf(root, ['pnpm-lock.yaml', 'pnpm-workspace.yaml'], manifests(root)),
      present: existsSync(join(root, 'node_modules', '.bin', 'node')),
      command: ['npx', '--yes', PNPM, 'install', '--frozen-lockfile', '--prod=false', '--reporter=append-only'],
      // Without a terminal pnpm must not ask before it replaces packages of another version.
      extra: ['--config.confirm-modules-purge=false'],
      hint: 'The packages could not be installed (see above). Check that this machine reaches registry.npmjs.org, then try again.',
    },
    {
      name: 'client',
      line: 'Generating the database client',
      wanted: () => hashOf(root, ['pnpm-lock.yaml', 'packages/db/prisma/schema.prisma', 'packages/db/generate.mjs']),
      present: existsSync(join(root, 'packages', 'db', 'src', 'generated')),
      command: [join(root, 'node_modules', '.bin', 'node'), join(root, 'packages', 'db', 'generate.mjs')],
      extra: [],
      hint: 'The database client could not be generated (see above).',
    },
    {
      name: 'console',
      line: 'Building the console',
      wanted: () => hashOf(root, ['pnpm-lock.yaml', ...consoleSources(root)]),
      present: existsSync(join(root, 'packages', 'console', 'dist', 'index.html')),
      command: [join(root, 'node_modules', '.bin', 'node'), join(root, 'packages', 'console', 'build.mjs')],
      extra: [],
      hint: 'The console could not be built (see above).',
    },
  ];
  const done = kept(root);
  return steps.filter((step) => !step.present || done[step.name] !== step.wanted());
}

/** All that the console is built from, but for its tests. */
function consoleSources(root) {
  const found = ['deploy/embedded/sample/invoice.jpg', 'packages/contracts/src/errors.ts'];
  found.push('packages/contracts/src/request-errors.ts', 'packages/contracts/src/job.ts');
  found.push('packages/formats/src/pdf/filled/fill-blanks.ts');
  const walk = (folder) => {
    for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
      const path = `${folder}/${entry.name}`;
      if (entry.isDirectory()) {
        if (!['dist', 'node_modules'].includes(entry.name)) walk(path);
      } else if (!entry.name.endsWith('.test.ts')) {
        found.push(path);
      }
    }
  };
  walk('packages/console');
  return found.sort((one, other) => (one < other ? -1 : 1));
}

function manifests(root) {
  const found = ['package.json', 'deploy/embedded/package.json'];
  for (const folder of ['packages', 'services']) {
    for (const name of readdirSync(join(root, folder)).sort()) {
      const path = `${folder}/${name}/package.json`;
      if (existsSync(join(root, path))) found.push(path);
    }
  }
  return found;
}

/** Of manifests only what they depend on counts: a new script in one is nothing to install. */
function hashOf(root, paths, dependents = []) {
  const hash = createHash('sha256').update(`${process.platform}-${process.arch}`);
  for (const path of paths) hash.update(`\n${path}\n`).update(readFileSync(join(root, path)));
  for (const path of dependents) {
    const { dependencies, devDependencies, optionalDependencies, bin } = JSON.parse(
      readFileSync(join(root, path), 'utf8'),
    );
    hash.update(`\n${path}\n${JSON.stringify([dependencies, devDependencies, optionalDependencies, bin])}`);
  }
  return hash.digest('hex');
}

/** Lies in node_modules, so that removing that folder forgets it. */
function stampOf(root) {
  return join(root, 'node_modules', '.docusnap.json');
}

function kept(root) {
  try {
    return JSON.parse(readFileSync(stampOf(root), 'utf8'));
  } catch {
    // Absent on the first start, or cut off: install again, which is quick when nothing changed.
    return {};
  }
}

function keep(root, stamp) {
  writeFileSync(stampOf(root), JSON.stringify(stamp));
}

/** Runs one command, showing where it is on one line; its output appears only when it fails. */
function runStep(step, { root, environment, lock, signal }) {
  const [program, ...args] = step.command;
  const child = spawn(program, [...args, ...step.extra], {
    cwd: root,
    env: environment,
    stdio: ['ignore', 'pipe', 'pipe'],
    signal,
  });
  if (child.pid !== undefined) lock.extend(child.pid);
  const line = openLine(step.line);
  let output = '';
  const collect = (chunk) => {
    output += chunk;
    line.update(/Progress: .*/.exec(String(chunk))?.[0] ?? '');
  };
  child.stdout.on('data', collect);
  child.stderr.on('data', collect);
  return new Promise((resolve, reject) => {
    child.once('error', (error) => reject(new InstallError(`${program} could not be started: ${error.message}`)));
    child.once('close', (code) => {
      line.end();
      if (code === 0) resolve();
      else reject(new InstallError(`${output.trimEnd()}\n\n${step.hint}`));
    });
  });
}

function openLine(title) {
  const began = Date.now();
  const terminal = process.stderr.isTTY;
  if (!terminal) process.stderr.write(`${title} ...\n`);
  let detail = '';
  const draw = () => {
    const text = `${title} ... ${Math.round((Date.now() - began) / 1000)} s  ${detail}`;
    process.stderr.write(`\r\x1b[K${text.slice(0, (process.stderr.columns || 80) - 1)}`);
  };
  const timer = terminal ? setInterval(draw, 250) : null;
  return {
    update(text) {
      if (text !== '') detail = text;
    },
    end() {
      if (timer === null) return;
      clearInterval(timer);
      process.stderr.write('\r\x1b[K');
    },
  };
}
