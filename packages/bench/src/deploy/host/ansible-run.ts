import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { type Figure, figure } from '../../report.ts';
import type { CheckOutcome, DeployCheck, DeployContext } from '../check.ts';
import { type Facts, openFacts } from '../facts.ts';
import { type Chroot, installAnsible, makeDebian, openChroot, putCheckout, readInside, readUnit } from './chroot.ts';

const run = promisify(execFile);
const READY_MS = 120_000;
const SMOKE_MS = 180_000;
/** What a Debian without a running systemd, and without a network of its own, cannot have. */
const NOT_THERE = 'services,firewall';
const PORTS = { gateway: '8000', ocr: '5001' } as const;

/**
 * Runs the playbook against a Debian made by debootstrap, twice: the second time it has to change nothing. Then starts what the units would start, and
 * asks it as a client does. Takes root, a network, and the ports of an installation (80, 443, 5432, 6379, 8000, 5001) free on this machine.
 */
export const ANSIBLE_RUN_CHECK: DeployCheck = {
  name: 'ansible-run',
  short: false,
  onlyWhenNamed: true,
  run: runPlaybook,
};

async function runPlaybook(context: DeployContext): Promise<CheckOutcome> {
  if (process.getuid?.() !== 0) return { figures: [], notRun: ['not root'] };
  if (!(await hasDebootstrap()))
    return { figures: [], notRun: ['debootstrap is not installed (deploy/ci/tools deploy)'] };
  const folder = join(context.folder, 'debian');
  context.say('making a Debian');
  await makeDebian(folder);
  const chroot = await openChroot(folder);
  try {
    return await playAndAsk(context, chroot);
  } finally {
    await chroot.close();
  }
}

/** With a Debian that is there: the playbook twice, what the units start, and the smoke test. */
export async function playAndAsk(context: DeployContext, chroot: Chroot): Promise<CheckOutcome> {
  const facts = openFacts();
  await installAnsible(chroot);
  await putCheckout(chroot, context.root);
  context.say('the playbook, first time');
  const first = await play(chroot);
  facts.note('the playbook runs to its end', first.failed === 0, first.said);
  context.say('the playbook, second time');
  const second = await play(chroot);
  facts.note('the playbook runs a second time', second.failed === 0, second.said);
  context.say('what the units start');
  await startUnits(context, chroot, facts);
  const smoke = await smokeOf(context.root, chroot);
  facts.note('deploy/rollout/smoke passes', smoke === '', smoke);
  const notRun = [
    `tags ${NOT_THERE} of the playbook: a chroot has no systemd, and the firewall would be this machine's`,
  ];
  return {
    figures: [facts.figure('ansible-run: facts'), changesFigure(second.changed)],
    findings: facts.findings,
    notRun,
  };
}

function changesFigure(changed: number): Figure {
  return figure('ansible-run: changes of a second run', 'tasks', changed, [changed], { atMost: 0 });
}

async function play(chroot: Chroot): Promise<{ changed: number; failed: number; said: string }> {
  const settings = ['docusnap_name=localhost', 'docusnap_firewall=false'].flatMap((setting) => ['-e', setting]);
  const playbook = ['-c', 'local', '-i', 'localhost,', '/repository/deploy/ansible/site.yml', '--skip-tags', NOT_THERE];
  const said = await chroot
    .run(['ansible-playbook', ...playbook, ...settings])
    .catch((error: { stdout?: string; stderr?: string }) => `${error.stdout}${error.stderr}`);
  const [, changed, failed] = /changed=(\d+).*failed=(\d+)/.exec(said) ?? [];
  return { changed: Number(changed ?? Number.NaN), failed: Number(failed ?? Number.NaN), said: said.slice(-1_500) };
}

/** The migration, a gateway, the readers and the proxy, as their users and with their environments. */
async function startUnits({ folder }: DeployContext, chroot: Chroot, facts: Facts): Promise<void> {
  await chroot.run([
    'install',
    '-d',
    '-o',
    'docusnap',
    '-g',
    'docusnap',
    '-m',
    '0700',
    '/var/lib/docusnap',
    '/var/lib/docusnap/blobs',
  ]);
  for (const path of ['run/docusnap-proxy', 'var/lib/docusnap-proxy'])
    await mkdir(join(chroot.folder, path), { recursive: true });
  const units = [
    ['docusnap-migrate.service', ''],
    ['docusnap-gateway@.service', PORTS.gateway],
    ['docusnap-ocr.service', ''],
    ['docusnap-proxy.service', ''],
  ] as const;
  for (const [file, instance] of units) {
    const unit = readUnit(chroot, file, instance);
    const script = `cd ${unit.folder} && ${[...unit.before, `exec ${unit.command}`].join(' && ')}`;
    const log = join(folder, `${file}.log`);
    for (const { from, to } of unit.credentials)
      await chroot.run(['install', '-D', '-m', '0400', '-o', unit.user, from, to]);
    if (file === 'docusnap-migrate.service') {
      const own = Object.entries(unit.environment).map(([name, value]) => `${name}=${value}`);
      const said = await chroot.run(['runuser', '-u', unit.user, '--', '/usr/bin/env', ...own, 'sh', '-c', script]);
      facts.note('the migration runs as its unit says', said.includes('up to date'), said);
    } else chroot.start(['sh', '-c', script], { ...unit, log });
  }
  for (const port of Object.values(PORTS))
    facts.note(`port ${port} becomes ready`, await isReady(`http://127.0.0.1:${port}/readyz`));
}

async function isReady(url: string): Promise<boolean> {
  const until = Date.now() + READY_MS;
  while (Date.now() < until) {
    if (
      await fetch(url).then(
        ({ ok }) => ok,
        () => false,
      )
    )
      return true;
    await pause(500);
  }
  return false;
}

async function smokeOf(root: string, chroot: Chroot): Promise<string> {
  const key = (await readInside(chroot, 'etc/docusnap/secrets/api-key')).trim();
  const certificate = join(chroot.folder, 'certificate.pem');
  await writeFile(certificate, await readInside(chroot, 'etc/docusnap/certificate.pem'));
  const env = { ...process.env, DOCUSNAP_API_KEY: key };
  return run(join(root, 'deploy/rollout/smoke'), ['https://localhost', '-', '--cacert', certificate], {
    env,
    timeout: SMOKE_MS,
  }).then(
    () => '',
    (error: { stderr?: string }) => error.stderr ?? String(error),
  );
}

async function hasDebootstrap(): Promise<boolean> {
  return run('debootstrap', ['--version']).then(
    () => true,
    () => false,
  );
}
