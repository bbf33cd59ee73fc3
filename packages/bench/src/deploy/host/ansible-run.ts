import { execFile } from 'node:child_process';
import { appendFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { type Figure, figure } from '../../report.ts';
import type { CheckOutcome, DeployCheck, DeployContext } from '../check.ts';
import { type Facts, openFacts } from '../facts.ts';
import { installAnsible, makeDebian, putCheckout } from './debian.ts';
import { type Machine, startMachine } from './machine.ts';
import { type Network, openNetwork } from './network.ts';

const run = promisify(execFile);
const PROGRAMS = ['debootstrap', 'systemd-nspawn', 'nsenter', 'ip', 'iptables', 'age-keygen'];
const SERVICES = ['proxy', 'gateway@8000', 'gateway@8001', 'understand', 'ocr'];
const BACKUPS = '/var/backups/docusnap';
const CERTIFICATE = '/etc/docusnap/certificate.pem';
/** Between two requests while another version is installed. */
const ASK_SECONDS = 0.2;
const COMES_UP_MS = 120_000;

/**
 * Installs a server: a Debian by debootstrap, started with systemd and a network of its own, and the whole playbook, firewall included. The second time it
 * has to change nothing. Then the machine is asked as a client does, backed up, started again, and given another version while it is asked. Takes root.
 */
export const ANSIBLE_RUN_CHECK: DeployCheck = {
  name: 'ansible-run',
  short: false,
  onlyWhenNamed: true,
  run: runPlaybook,
};

async function runPlaybook(context: DeployContext): Promise<CheckOutcome> {
  if (process.getuid?.() !== 0) return { figures: [], notRun: ['not root'] };
  for (const program of PROGRAMS) {
    const isThere = await run('which', [program]).then(
      () => true,
      () => false,
    );
    if (!isThere) return { figures: [], notRun: [`${program} is not installed (deploy/ci/tools deploy)`] };
  }
  const folder = join(context.folder, 'debian');
  context.say('making a Debian');
  await makeDebian(folder);
  const network = await openNetwork();
  try {
    return await lookAtServer(context, folder, network);
  } finally {
    await network.close();
  }
}

/** With a Debian that is there. */
export async function lookAtServer(context: DeployContext, folder: string, network: Network): Promise<CheckOutcome> {
  const facts = openFacts();
  const figures: Figure[] = [];
  const options = { network, console: join(context.folder, 'console.log') };
  let machine = await startMachine(folder, options);
  try {
    await installAnsible(machine);
    await putCheckout(machine, context.root);
    const recipient = await makeRecipient(context.folder);
    context.say('the playbook, first time');
    await play(machine, recipient, { facts, which: 'the playbook' });
    context.say('the playbook, second time');
    const changed = await play(machine, recipient, { facts, which: 'the playbook a second time' });
    figures.push(figure('ansible-run: changes of a second run', 'tasks', changed, [changed], { atMost: 0 }));
    context.say('what systemd started');
    await lookAtUnits(machine, facts, 'after the playbook');
    await lookAtFirewall(machine, facts);
    await lookAtBackup(machine, facts);
    context.say('started again');
    await machine.powerOff();
    machine = await startMachine(folder, options);
    await lookAtUnits(machine, facts, 'after a start of the machine');
    context.say('another version');
    figures.push(...(await update(machine, recipient, facts)));
    await lookAtUnits(machine, facts, 'after another version');
  } finally {
    await machine.powerOff();
  }
  const notRun = ['certbot: there is no name of this machine that an authority could look for'];
  return { figures: [facts.figure('ansible-run: facts'), ...figures], findings: facts.findings, notRun };
}

/** To whom backups are sealed. */
async function makeRecipient(folder: string): Promise<string> {
  await run('age-keygen', ['-o', join(folder, 'backup.key')]);
  return (await run('age-keygen', ['-y', join(folder, 'backup.key')])).stdout.trim();
}

/** Gives how many tasks changed something. */
async function play(machine: Machine, recipient: string, { facts, which }: { facts: Facts; which: string }) {
  const settings = [
    'docusnap_name=localhost',
    `docusnap_backup_folder=${BACKUPS}`,
    `docusnap_backup_recipients=${recipient}`,
  ];
  const words = ['-c', 'local', '-i', 'localhost,', '/repository/deploy/ansible/site.yml'];
  const said = await machine
    .run(['ansible-playbook', ...words, ...settings.flatMap((setting) => ['-e', setting])])
    .catch((error: { stdout?: string; stderr?: string }) => `${error.stdout}${error.stderr}`);
  const [, changed, failed] = /changed=(\d+).*failed=(\d+)/.exec(said) ?? [];
  facts.note(`${which} runs to its end`, failed === '0', said.slice(-2_000));
  return Number(changed ?? Number.NaN);
}

async function lookAtUnits(machine: Machine, facts: Facts, when: string): Promise<void> {
  const note = (what: string, holds: boolean, seen?: unknown): void => facts.note(`${when}: ${what}`, holds, seen);
  note('it answers by its proxy', await answers(machine));
  for (const service of SERVICES) {
    const unit = `docusnap-${service}.service`;
    const show = ['systemctl', 'show', '--property=ActiveState,NRestarts', '--value', unit];
    const state = (await machine.run(show)).trim().split('\n').sort().join(' ');
    note(`${unit} is active and never died`, state === '0 active', state);
    const confined = `grep -cE '^(NoNewPrivs:.1|Seccomp:.2)$' /proc/$(systemctl show --property=MainPID --value ${unit})/status || true`;
    const held = (await machine.run(['sh', '-c', confined])).trim();
    note(`${unit} is confined: no new privileges, system calls filtered`, held === '2', held);
  }
  const log = await machine.run(['journalctl', '--boot', '--no-pager', '--output=cat', '--unit=docusnap-*']);
  const lines = log.split('\n').filter((line) => /EPERM|EACCES|Operation not permitted|Permission denied/i.test(line));
  // This machine may be allowed fewer files than nginx would have.
  const refused = lines.filter((line) => !line.includes('setrlimit(RLIMIT_NOFILE'));
  note('nothing that a service needs is refused to it', refused.length === 0, refused.slice(0, 3));
  const smoke =
    'export DOCUSNAP_API_KEY=$(cat /etc/docusnap/secrets/api-key); cd /opt/docusnap/current; exec deploy/rollout/smoke';
  const said = await failureOf(machine, ['sh', '-c', `${smoke} https://localhost - --cacert ${CERTIFICATE}`]);
  note('deploy/rollout/smoke passes', said === '', said);
  const kept = await machine.run(['find', '/var/cache/docusnap-ocr/prepared-models', '-name', '*.onnx']);
  note('its prepared models are kept', kept !== '', kept);
}

async function answers(machine: Machine): Promise<boolean> {
  const until = Date.now() + COMES_UP_MS;
  const ask = [
    'curl',
    '--silent',
    '--fail',
    '--cacert',
    CERTIFICATE,
    '--output',
    '/dev/null',
    'https://localhost/readyz',
  ];
  while (Date.now() < until) {
    if ((await failureOf(machine, ask)) === '') return true;
    await pause(500);
  }
  return false;
}

/** What a command inside says when it fails; nothing when it does not. */
function failureOf(machine: Machine, command: readonly string[]): Promise<string> {
  return machine.run(command).then(
    () => '',
    (error: { stderr?: string; stdout?: string; message: string }) => error.stderr || error.stdout || error.message,
  );
}

async function lookAtFirewall(machine: Machine, facts: Facts): Promise<void> {
  const status = await machine.run(['ufw', 'status', 'verbose']);
  facts.note(
    'the firewall is on, and lets nothing in but what it is told',
    /Status: active[\s\S]*deny \(incoming\)/.test(status),
    status,
  );
  const open = [...status.matchAll(/^(\d+)(?:\/tcp)? +ALLOW IN/gm)].map(([, port]) => Number(port));
  facts.note('it lets in ssh and clients', open.join() === '22,80,443', open);
}

async function lookAtBackup(machine: Machine, facts: Facts): Promise<void> {
  const said = await failureOf(machine, ['systemctl', 'start', 'docusnap-backup.service']);
  const log = await machine.run([
    'journalctl',
    '--no-pager',
    '--output=cat',
    '--lines=20',
    '--unit=docusnap-backup.service',
  ]);
  facts.note('docusnap-backup.service makes a backup', said === '', log);
  const files = (await machine.run(['find', BACKUPS, '-name', '*.age'])).trim().split('\n');
  facts.note(
    'it lies there, sealed',
    files.some((name) => name.endsWith('.age')),
    files,
  );
  const timer = await machine.run(['systemctl', 'show', '--property=ActiveState', '--value', 'docusnap-backup.timer']);
  facts.note('its timer runs', timer.trim() === 'active', timer);
}

/** Another version by the playbook, while a client asks for its jobs. */
async function update(machine: Machine, recipient: string, facts: Facts): Promise<Figure[]> {
  const readCurrent = () => machine.run(['readlink', '/opt/docusnap/current']);
  const before = await readCurrent();
  await appendFile(join(machine.folder, 'repository/README.md'), '\nAnother version.\n');
  const ask = `curl --silent --cacert ${CERTIFICATE} --max-time 20 --output /dev/null --write-out '%{http_code}\\n' -H "Authorization: Bearer $(cat /etc/docusnap/secrets/api-key)" https://localhost/v1/jobs`;
  const loop = `while [ ! -e /run/asked-enough ]; do ${ask} || true; sleep ${ASK_SECONDS}; done >/var/tmp/asked`;
  const asking = machine.run(['sh', '-c', loop]);
  await play(machine, recipient, { facts, which: 'the playbook with another version' });
  await machine.run(['touch', '/run/asked-enough']);
  await asking;
  const now = await readCurrent();
  facts.note('another version serves', now !== before, now);
  const codes = (await readFile(join(machine.folder, 'var/tmp/asked'), 'utf8')).trim().split('\n');
  const failed = codes.filter((code) => code !== '200').length;
  return [
    figure(
      `ansible-run: requests that failed while another version was installed, of ${codes.length}`,
      'requests',
      failed,
      [failed],
      {
        atMost: 0,
      },
    ),
  ];
}
