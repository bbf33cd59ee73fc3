import { execFile, spawn } from 'node:child_process';
import { closeSync, openSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
/** Milliseconds for one command inside: packages are fetched and installed. */
const COMMAND_MS = 900_000;
const OUTPUT_BYTES = 64 * 1024 * 1024;
const PATH = '/usr/sbin:/usr/bin:/sbin:/bin';
const CERTIFICATES = 'etc/ssl/certs/ca-certificates.crt';
const CREDENTIALS = '/run/credentials';
const ARCHIVE = 'http://deb.debian.org/debian';
const PACKAGES = ['python3-apt', 'ansible-core', 'git'];

/** A Debian of its own below a folder, with this machine's kernel and network. */
export interface Chroot {
  readonly folder: string;
  run(command: readonly string[]): Promise<string>;
  /** A process that goes on; what it writes goes to a file. */
  start(command: readonly string[], options: { user: string; environment: Record<string, string>; log: string }): void;
  /** Ends every process inside, and takes its mounts away. */
  close(): Promise<void>;
}

/** Debian 12 from its archive. */
export async function makeDebian(folder: string): Promise<void> {
  const wanted = ['--variant=minbase', '--include=ca-certificates,python3', 'bookworm', folder, ARCHIVE];
  const { log = '' } = await run('debootstrap', wanted, { timeout: COMMAND_MS, maxBuffer: OUTPUT_BYTES }).then(
    () => ({}) as { log?: string },
    async (error: { stdout?: string }) => ({ log: `debootstrap failed: ${error.stdout?.slice(-1_000)}` }),
  );
  if (log !== '') throw new Error(log);
  await writeFile(join(folder, 'etc/apt/sources.list'), `deb ${ARCHIVE} bookworm main\n`);
}

export async function openChroot(folder: string): Promise<Chroot> {
  await cp('/etc/resolv.conf', join(folder, 'etc/resolv.conf'), { dereference: true });
  // As this machine: it may reach registries through something that signs with an authority of its own.
  await cp(join('/', CERTIFICATES), join(folder, CERTIFICATES), { dereference: true });
  await run('mount', ['-t', 'proc', 'proc', join(folder, 'proc')]);
  const environment = [
    '/usr/bin/env',
    '-i',
    `PATH=${PATH}`,
    'HOME=/root',
    'LC_ALL=C.UTF-8',
    `NODE_EXTRA_CA_CERTS=/${CERTIFICATES}`,
  ];
  return {
    folder,
    async run(command) {
      const words = [folder, ...environment, ...command];
      return (await run('chroot', words, { timeout: COMMAND_MS, maxBuffer: OUTPUT_BYTES })).stdout;
    },
    start(command, { user, environment: variables, log }) {
      const output = openSync(log, 'a');
      const own = Object.entries(variables).map(([name, value]) => `${name}=${value}`);
      const words = [`--userspec=${user}:${user}`, folder, '/usr/bin/env', '-i', `PATH=${PATH}`, ...own, ...command];
      spawn('chroot', words, { stdio: ['ignore', output, output], detached: true }).unref();
      closeSync(output);
    },
    async close() {
      for (let left = processesIn(folder); left.length > 0; left = processesIn(folder)) left.forEach(endProcess);
      await run('umount', ['--lazy', join(folder, 'proc')]);
    },
  };
}

function endProcess(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    // One that ended with its parent meanwhile is what was wanted.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

function processesIn(folder: string): number[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.filter((pid) => rootOf(pid) === folder).map(Number);
}

function rootOf(pid: string): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/root`);
  } catch {
    // It has ended meanwhile.
    return undefined;
  }
}

/** What systemd would do to start a unit: its user, environment and commands. */
export interface Unit {
  readonly user: string;
  readonly folder: string;
  readonly environment: Record<string, string>;
  readonly before: readonly string[];
  /** What systemd copies for it alone: file and place, both inside. */
  readonly credentials: readonly { readonly from: string; readonly to: string }[];
  readonly command: string;
}

export function readUnit(chroot: Chroot, file: string, instance = ''): Unit {
  const text = readFileSync(join(chroot.folder, 'etc/systemd/system', file), 'utf8')
    .replaceAll('%i', instance)
    .replaceAll('%d', `${CREDENTIALS}/${file}`);
  const values = (key: string): string[] =>
    [...text.matchAll(new RegExp(`^${key}=(.*)$`, 'gm'))].map(([, value]) => value ?? '');
  const lines = values('EnvironmentFile')
    .filter((path) => !path.startsWith('-'))
    .flatMap((path) => readFileSync(join(chroot.folder, path), 'utf8').split('\n'));
  const assignments = [...lines, ...values('Environment').flatMap((words) => words.split(' '))];
  const environment = Object.fromEntries(
    assignments.flatMap((line) => {
      const [, name, value = ''] = /^([A-Z0-9_]+)=(.*)$/.exec(line) ?? [];
      return name === undefined ? [] : [[name, value.replace(/^"(.*)"$/, '$1')]];
    }),
  );
  const credentials = values('LoadCredential').map((words) => {
    const [name = '', from = ''] = words.split(':');
    return { from, to: `${CREDENTIALS}/${file}/${name}` };
  });
  const [user = 'root', folder = '/', command = ''] = [
    values('User')[0],
    values('WorkingDirectory')[0],
    values('ExecStart')[0],
  ];
  return { user, folder, environment, before: values('ExecStartPre'), credentials, command };
}

/** A checkout inside, as a machine has it that Ansible is run from: the archive of this one, under git. */
export async function putCheckout(chroot: Chroot, root: string): Promise<void> {
  const archive = join(chroot.folder, 'repository.tgz');
  await run(join(root, 'deploy/ansible/archive'), [archive], { maxBuffer: OUTPUT_BYTES });
  await mkdir(join(chroot.folder, 'repository'));
  await chroot.run(['tar', '-xzf', '/repository.tgz', '-C', '/repository']);
  await chroot.run(['git', '-C', '/repository', 'init', '--quiet']);
  await chroot.run(['git', '-C', '/repository', 'add', '--all']);
}

/** The text of a file inside. */
export async function readInside(chroot: Chroot, path: string): Promise<string> {
  return readFile(join(chroot.folder, path), 'utf8');
}

/** What a machine has that Ansible is run on. Packages start nothing of what they bring: the playbook does. */
export async function installAnsible(chroot: Chroot): Promise<void> {
  await writeFile(join(chroot.folder, 'usr/sbin/policy-rc.d'), '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  await chroot.run(['apt-get', 'update', '--quiet']);
  await chroot.run(['apt-get', 'install', '--yes', '--quiet', '--no-install-recommends', ...PACKAGES]);
}
