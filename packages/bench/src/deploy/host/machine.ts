import { execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { Network } from './network.ts';

const run = promisify(execFile);
const CERTIFICATES = 'etc/ssl/certs/ca-certificates.crt';
/** Nothing of ours but what reaches registries. */
const ENVIRONMENT = [
  '/usr/bin/env',
  '-i',
  'PATH=/usr/sbin:/usr/bin:/sbin:/bin',
  'HOME=/root',
  'LC_ALL=C.UTF-8',
  `NODE_EXTRA_CA_CERTS=/${CERTIFICATES}`,
];
const COMMAND_MS = 1_200_000;
const OUTPUT_BYTES = 64 * 1024 * 1024;
const BOOT_MS = 120_000;
const STOP_MS = 90_000;
/** Where this machine has no systemd of its own, ours has to say which control groups are the other's. */
const GROUPS = ['/sys/fs/cgroup/systemd', '/sys/fs/cgroup/unified', '/sys/fs/cgroup'];

/** A Debian below a folder that was started as a machine: systemd is its first process, and all its units are real. */
export interface Machine {
  readonly folder: string;
  /** What a command inside writes; rejects where it fails. */
  run(command: readonly string[]): Promise<string>;
  /** As its operator would: everything is stopped by systemd. */
  powerOff(): Promise<void>;
}

export interface MachineOptions {
  readonly network: Network;
  /** A file that gets what it says while it starts and stops. */
  readonly console: string;
}

/** @throws Error where systemd does not come up in it */
export async function startMachine(folder: string, { network, console }: MachineOptions): Promise<Machine> {
  await cp('/etc/resolv.conf', join(folder, 'etc/resolv.conf'), { dereference: true, force: true });
  // As this machine: it may reach registries through something that signs with an authority of its own.
  await cp(join('/', CERTIFICATES), join(folder, CERTIFICATES), { dereference: true });
  const name = `docusnap-${process.pid}`;
  const groups = existsSync('/run/systemd/system') ? [] : ownGroups(name);
  const enter = groups.map((group) => `mkdir -p ${group} && echo $$ >${group}/cgroup.procs && `).join('');
  const words = [
    `--directory=${folder}`,
    `--machine=${name}`,
    `--network-namespace-path=${network.path}`,
    '--resolv-conf=off',
    '--register=no',
    '--settings=no',
    '--console=passive',
    '--boot',
    ...(groups.length > 0 ? ['--keep-unit'] : []),
  ];
  const output = await open(console, 'a');
  const nspawn = spawn('sh', ['-c', `${enter}exec systemd-nspawn "$@"`, 'sh', ...words], {
    stdio: ['ignore', output.fd, output.fd],
    detached: true,
  });
  const ended = new Promise<void>((resolve) => nspawn.once('close', () => resolve()));
  await output.close();
  const inside = async (command: readonly string[]): Promise<string> => {
    const first = await firstProcessOf(nspawn.pid ?? 0);
    const entered = ['--target', String(first), '--mount', '--uts', '--ipc', '--net', '--pid', '--cgroup', '--root'];
    const { stdout } = await run('nsenter', [...entered, ...ENVIRONMENT, ...command], {
      timeout: COMMAND_MS,
      maxBuffer: OUTPUT_BYTES,
    });
    return stdout;
  };
  const machine: Machine = {
    folder,
    run: inside,
    async powerOff() {
      // The connection to systemd goes with it, which systemctl takes for a failure.
      await inside(['systemctl', 'poweroff']).catch(() => undefined);
      const late = pause(STOP_MS, 'late', { ref: false });
      if ((await Promise.race([ended, late])) === 'late') nspawn.kill('SIGKILL');
      await ended;
      // Folders only: what is in them are not files.
      for (const group of groups) await run('find', [group, '-depth', '-type', 'd', '-delete']);
    },
  };
  const said = await untilUp(machine);
  if (said === '') return machine;
  await machine.powerOff();
  throw new Error(`systemd does not come up: ${said}\n${(await readFile(console, 'utf8')).slice(-1_000)}`);
}

function ownGroups(name: string): string[] {
  const there = GROUPS.filter((group) => existsSync(join(group, 'cgroup.procs')));
  return there.map((group) => join(group, name));
}

/** The machine's process 1, as ours sees it. */
async function firstProcessOf(nspawn: number): Promise<number> {
  const children = (await readFile(`/proc/${nspawn}/task/${nspawn}/children`, 'utf8'))
    .trim()
    .split(' ')
    .filter(Boolean);
  const first = Number(children[0]);
  if (!(first > 0)) throw new Error('The machine is not running');
  return first;
}

async function untilUp(machine: Machine): Promise<string> {
  const until = Date.now() + BOOT_MS;
  let said = '';
  while (Date.now() < until) {
    // "degraded": a unit of the distribution's own that a machine of this kind cannot have.
    said = await machine
      .run(['sh', '-c', 'systemctl is-system-running || true'])
      .catch((error: Error) => error.message);
    if (['running', 'degraded'].includes(said.trim())) return '';
    await pause(500);
  }
  return said;
}
