import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, cp, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { type Figure, figure } from '../../report.ts';
import type { CheckOutcome, DeployCheck, DeployContext } from '../check.ts';
import { type Facts, openFacts } from '../facts.ts';

const run = promisify(execFile);
const FOLDER = 'deploy/systemd';
/** Where the repository lies on a machine that it is installed on. */
const CURRENT = '/opt/docusnap/current';
/** Seconds after SIGTERM in which our services have ended (lifecycle.ts), as systemd has to allow them. */
const SERVICE_STOP_SECONDS = 10;
/** systemd's own measure, 0 to 10, smaller is better: what serves, and the proxy, which has to be root to listen on 443. */
const MOST_EXPOSURE = 2;
const MOST_PROXY_EXPOSURE = 3.5;

/** The units of deploy/systemd: systemd takes them, they name what is there, and they leave a service little. */
export const UNITS_CHECK: DeployCheck = { name: 'units', short: true, run: checkUnits };

async function checkUnits({ root, folder }: DeployContext): Promise<CheckOutcome> {
  const facts = openFacts();
  const names = (await readdir(join(root, FOLDER))).filter((name) => /\.(service|target)$/.test(name));
  const units = new Map<string, string>();
  for (const name of names) units.set(name, await readFile(join(root, FOLDER, name), 'utf8'));
  for (const [name, text] of units) if (name.endsWith('.service')) lookAtUnit(root, name, text, facts);
  const outcome = { findings: facts.findings };
  if (!(await has('systemd-analyze'))) {
    const notRun = ['systemd-analyze is not installed (Debian: systemd)'];
    return { ...outcome, figures: [facts.figure('units: facts')], notRun };
  }
  await installBeside(root, folder, units);
  for (const name of units.keys()) {
    const said = await verify(folder, name.replace('@.', '@8000.'));
    facts.note(`${FOLDER}/${name}: systemd takes it`, said === '', said);
  }
  const exposures = await exposuresOf(folder, names);
  return { ...outcome, figures: [facts.figure('units: facts'), ...exposures] };
}

function lookAtUnit(root: string, name: string, text: string, facts: Facts): void {
  const values = (key: string): string[] =>
    [...text.matchAll(new RegExp(`^${key}=(.*)$`, 'gm'))].map(([, value]) => value ?? '');
  const note = (what: string, holds: boolean, seen?: unknown): void =>
    facts.note(`${FOLDER}/${name}: ${what}`, holds, seen);
  for (const command of ['ExecStart', 'ExecStartPre', 'ExecReload'].flatMap(values)) {
    const [program = '', script = ''] = command.split(' ');
    const path = program.startsWith(CURRENT) ? program.slice(CURRENT.length) : program.endsWith('/node') ? script : '';
    if (path !== '') note(`${path} exists`, existsSync(join(root, path)));
  }
  const own = ['StateDirectory=/var/lib', 'CacheDirectory=/var/cache'].flatMap((pair) => {
    const [key = '', place] = pair.split('=');
    return values(key).flatMap((names) => names.split(' ').map((one) => `${place}/${one}`));
  });
  for (const [, path = ''] of values('Environment')
    .join(' ')
    .matchAll(/=(\/var\/\S+)/g))
    note(
      `${path} is a folder that systemd makes for it`,
      own.some((one) => `${path}/`.startsWith(`${one}/`)),
    );
  note('says when it is too much', values('MemoryMax').length === 1);
  note('gains no privileges', values('NoNewPrivileges').join() === 'yes');
  note('writes only where it is told to', values('ProtectSystem').join() === 'strict');
  if (/^Type=exec$/m.test(text)) {
    const seconds = Number.parseInt(values('TimeoutStopSec')[0] ?? '0', 10);
    note('is given the time that stopping takes', seconds > SERVICE_STOP_SECONDS, seconds);
    note('comes back', values('Restart').join() === 'always');
    note('takes its processes along', values('KillMode').join() === 'mixed');
  }
  if (name !== 'docusnap-proxy.service') note('runs as a user of its own', values('User').join() === 'docusnap');
}

/** A machine's folders with the units and stand-ins for their programs, as systemd-analyze looks for both. */
async function installBeside(root: string, folder: string, units: ReadonlyMap<string, string>): Promise<void> {
  const system = join(folder, 'etc/systemd/system');
  await mkdir(system, { recursive: true });
  for (const [name, text] of units) await writeFile(join(system, name), text);
  const programs = new Set(
    [...units.values()].flatMap((text) => [...text.matchAll(/^Exec\w+=(\/\S+)/gm)].map(([, path]) => path ?? '')),
  );
  for (const program of programs) {
    const path = join(folder, program);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, '#!/bin/sh\n');
    await chmod(path, 0o755);
  }
  await mkdir(join(folder, 'usr/lib'), { recursive: true });
  await cp('/lib/systemd/system', join(folder, 'usr/lib/systemd/system'), {
    recursive: true,
    dereference: false,
    verbatimSymlinks: true,
  });
  await cp(join(root, FOLDER, 'journald.conf'), join(folder, 'etc/systemd/journald.conf'));
}

async function verify(folder: string, name: string): Promise<string> {
  return run('systemd-analyze', ['verify', `--root=${folder}`, name]).then(
    ({ stderr }) => stderr.trim(),
    (error: { stderr?: string }) => error.stderr?.trim() ?? String(error),
  );
}

async function exposuresOf(folder: string, names: readonly string[]): Promise<Figure[]> {
  const services = names.filter((name) => name.endsWith('.service')).map((name) => name.replace('@.', '@8000.'));
  const figures: Figure[] = [];
  for (const name of services) {
    const { stdout } = await run('systemd-analyze', [
      'security',
      '--offline=true',
      `--root=${folder}`,
      '--no-pager',
      name,
    ]);
    const exposure = Number(/Overall exposure level for \S+: ([\d.]+)/.exec(stdout)?.[1]);
    const atMost = name === 'docusnap-proxy.service' ? MOST_PROXY_EXPOSURE : MOST_EXPOSURE;
    figures.push(figure(`units: exposure of ${name}`, 'of 10', exposure, [exposure], { atMost }));
  }
  return figures;
}

async function has(program: string): Promise<boolean> {
  return run('which', [program]).then(
    () => true,
    () => false,
  );
}
