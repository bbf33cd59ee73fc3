import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Machine } from './machine.ts';

const run = promisify(execFile);
/** Milliseconds in which a Debian is fetched and unpacked. */
const MAKE_MS = 900_000;
const OUTPUT_BYTES = 64 * 1024 * 1024;
const ARCHIVE = 'http://deb.debian.org/debian';
/** What a server has that a container has not: the playbook wants a system that was installed. */
const SERVER = ['systemd', 'systemd-sysv', 'dbus', 'ca-certificates', 'python3', 'iproute2', 'procps', 'udev'];
const ANSIBLE = ['python3-apt', 'ansible-core', 'git'];

/** Debian 12 from its archive, as a server has it. */
export async function makeDebian(folder: string): Promise<void> {
  const wanted = ['--variant=minbase', `--include=${SERVER.join(',')}`, 'bookworm', folder, ARCHIVE];
  await run('debootstrap', wanted, { timeout: MAKE_MS, maxBuffer: OUTPUT_BYTES }).catch(
    (error: { stdout?: string }) => {
      throw new Error(`debootstrap failed: ${error.stdout?.slice(-1_000)}`);
    },
  );
  await writeFile(join(folder, 'etc/apt/sources.list'), `deb ${ARCHIVE} bookworm main\n`);
}

/** What a machine has that Ansible is run on. */
export async function installAnsible(machine: Machine): Promise<void> {
  await machine.run(['apt-get', 'update', '--quiet']);
  await machine.run(['apt-get', 'install', '--yes', '--quiet', '--no-install-recommends', ...ANSIBLE]);
}

/** A checkout inside, as a machine has it that Ansible is run from: the archive of this one, under git. */
export async function putCheckout(machine: Machine, root: string): Promise<void> {
  const archive = join(machine.folder, 'repository.tgz');
  await run(join(root, 'deploy/ansible/archive'), [archive], { maxBuffer: OUTPUT_BYTES });
  await mkdir(join(machine.folder, 'repository'));
  await machine.run(['tar', '-xzf', '/repository.tgz', '-C', '/repository']);
  await machine.run(['git', '-C', '/repository', 'init', '--quiet']);
  await machine.run(['git', '-C', '/repository', 'add', '--all']);
}
