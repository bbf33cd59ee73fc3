import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { parse } from 'yaml';
import type { CheckOutcome, DeployCheck, DeployContext } from '../check.ts';
import { type Facts, openFacts } from '../facts.ts';

const run = promisify(execFile);
const FOLDER = 'deploy/ansible';

/** The playbook of deploy/ansible: Ansible takes it, what it copies is there, and what it sets is set in one file. */
export const ANSIBLE_CHECK: DeployCheck = { name: 'ansible', short: false, run: checkAnsible };

async function checkAnsible({ root }: DeployContext): Promise<CheckOutcome> {
  const facts = openFacts();
  const variables = parse(await readFile(join(root, FOLDER, 'variables.yml'), 'utf8')) as Record<string, unknown>;
  const tasks = (await readdir(join(root, FOLDER, 'tasks'))).map((name) => `tasks/${name}`);
  const templates = (await readdir(join(root, FOLDER, 'templates'))).map((name) => `templates/${name}`);
  const texts = new Map<string, string>();
  for (const name of [...tasks, ...templates, 'site.yml'])
    texts.set(name, await readFile(join(root, FOLDER, name), 'utf8'));
  // Registered, or set by set_fact or vars.
  const inPlay = [...texts.values()].flatMap((text) => [
    ...text.matchAll(/(?:register|loop_var): (docusnap_\w+)|^\s+(docusnap_\w+):/gm),
  ]);
  const set = new Set([...Object.keys(variables), ...inPlay.map(([, one, other]) => one ?? other ?? '')]);
  for (const [name, text] of texts) lookAtFile(root, name, text, { set, facts });
  const imported = [...texts.values()].flatMap((text) => [
    ...text.matchAll(/(?:import|include)_tasks: (?:tasks\/)?(\S+)/g),
  ]);
  for (const name of tasks) {
    const isPart = imported.some(([, file]) => `tasks/${file}` === name);
    facts.note(`${FOLDER}/${name} is part of the playbook`, isPart);
  }
  lookAtOrder(texts, facts);
  lookAtSecrets(await readFile(join(root, FOLDER, 'files/make-secrets'), 'utf8'), texts, facts);
  const outcome = { findings: facts.findings };
  const syntax = await run('ansible-playbook', ['--syntax-check', '-i', 'localhost,', 'site.yml'], {
    cwd: join(root, FOLDER),
  }).then(
    () => '',
    (error: { code?: unknown; stderr?: string }) => (error.code === 'ENOENT' ? null : (error.stderr ?? 'failed')),
  );
  if (syntax === null) {
    const notRun = ['ansible-playbook is not installed (deploy/ci/tools deploy)'];
    return { ...outcome, figures: [facts.figure('ansible: facts')], notRun };
  }
  facts.note(`${FOLDER}: Ansible takes the playbook`, syntax === '', syntax);
  return { ...outcome, figures: [facts.figure('ansible: facts')] };
}

/** What serves has to go on as the version it is while its database is brought up to the next: a failure there must leave nothing switched. */
function lookAtOrder(texts: ReadonlyMap<string, string>, facts: Facts): void {
  const parts = [...(texts.get('site.yml') ?? '').matchAll(/import_tasks: tasks\/(\w+)\.yml/g)].map(([, name]) => name);
  const places = ['programs', 'migrate', 'current', 'services'].map((name) => parts.indexOf(name));
  const isOrdered = places.every((place, index) => place > (places[index - 1] ?? -1));
  facts.note(`${FOLDER}: installed, then migrated, then switched, then served`, isOrdered, parts);
  const switching = [...texts].filter(([, text]) => text.includes('link: current')).map(([name]) => name);
  facts.note(`${FOLDER}: one file switches versions`, switching.join() === 'tasks/current.yml', switching);
  const migration = texts.get('tasks/migrate.yml') ?? '';
  facts.note(
    `${FOLDER}: the migration is that of the version that comes`,
    !/name: docusnap-migrate$/m.test(migration) && migration.includes("'/opt/docusnap/releases/' ~ docusnap_release"),
  );
  const isAwaited = /systemctl start docusnap-migrate-next$/m.test(migration) && migration.includes('Restart\\\\w*=');
  facts.note(`${FOLDER}: the migration is waited for, also where one is under way, and fails for good`, isAwaited);
}

/** What opens the whole database is root's: services run as one user, and one of them opens foreign files. */
function lookAtSecrets(script: string, texts: ReadonlyMap<string, string>, facts: Facts): void {
  const ofRoot = [...script.matchAll(/\bkeep ([\w$-]+) root\b/g)].map(([, name = '']) => name);
  for (const name of ['database-superuser-url', 'database-owner-url'])
    facts.note(`${FOLDER}: ${name} is for root alone`, ofRoot.includes(name));
  const told = ['docusnap', 'gateway', 'ocr', 'migrate', 'proxy'].map((name) => texts.get(`templates/${name}.env.j2`));
  for (const name of ofRoot)
    facts.note(`${FOLDER}: no service is told to open ${name}`, !told.join('\n').includes(`secrets/${name}\n`));
}

interface Known {
  /** Variables that the one file sets, or the play itself. */
  readonly set: ReadonlySet<string>;
  readonly facts: Facts;
}

function lookAtFile(root: string, name: string, text: string, { set, facts }: Known): void {
  for (const [, source = ''] of text.matchAll(/^\s+src: (\.\.\/[^\s{"]+|(?:files|templates)\/[^\s{"]+)$/gm)) {
    facts.note(`${FOLDER}/${name}: ${source} is there`, existsSync(join(root, FOLDER, source)));
  }
  for (const [variable] of text.matchAll(/\bdocusnap_[a-z_]+\b/g)) {
    facts.note(`${FOLDER}/${name}: ${variable} is set somewhere`, set.has(variable));
  }
}
