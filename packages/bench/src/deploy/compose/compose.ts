import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type CheckOutcome, type DeployCheck, type DeployContext, findingsFigure } from '../check.ts';
import { Zones } from '../kubernetes/zones.ts';
import { addressFaults } from './addresses.ts';
import { checkDoor } from './door.ts';
import { weakPoints } from './hardening.ts';
import { hiddenFaults } from './hidden.ts';
import { readCompose, readEnvironmentFile } from './model.ts';
import { brokenReferences } from './references.ts';
import { zoneFaults } from './zoning.ts';

const run = promisify(execFile);
/** What may be run besides; `green` is what deploy/rollout adds. */
const PROFILES = ['ha', 'observability', 'elasticsearch', 'gpu', 'dev', 'green'];
const CLIENT_MS = 60_000;

/** docker-compose.yml with what deploy/compose/init makes for it: names that have to exist, hardening, and the networks against deploy/zones.json. */
export const COMPOSE_CHECK: DeployCheck = {
  name: 'compose',
  short: true,
  async run(context) {
    const made = await initialise(context);
    const text = readFileSync(join(context.root, 'docker-compose.yml'), 'utf8');
    const file = readCompose(text, made.environment);
    const zones = Zones.parse(JSON.parse(readFileSync(join(context.root, 'deploy', 'zones.json'), 'utf8')));
    const services = Object.keys(file.model.services).length;
    const unmade = Object.entries(file.model.secrets)
      .filter(([, { file: path }]) => !existsSync(path))
      .map(([name]) => `deploy/compose/init makes no file for the secret ${name}`);
    const secrets = Object.fromEntries(
      Object.entries(file.model.secrets)
        .filter(([, { file: path }]) => existsSync(path))
        .map(([name, { file: path }]) => [name, readFileSync(path, 'utf8').trim()]),
    );
    const parts = {
      'compose: names that do not exist, and secrets': [
        ...brokenReferences(file, { root: context.root, example: made.example }),
        ...unmade,
      ],
      'compose: services not hardened or kept as they should be': weakPoints(file.model),
      'compose: against deploy/zones.json': [
        ...zoneFaults(file.model, zones),
        ...addressFaults(file.model, zones, secrets),
        ...hiddenFaults(file.model),
      ],
      'compose: init': made.findings,
    };
    const asked = [
      await askClient(context, made.folder),
      await checkDoor(context, { model: file.model, ports: Object.values(zones.components.s3?.ports ?? {}) }),
    ];
    return {
      figures: [
        ...Object.entries(parts).map(([name, findings]) => findingsFigure(name, findings, services)),
        ...asked.flatMap((one) => one.figures),
      ],
      findings: [...Object.values(parts).flat(), ...asked.flatMap((one) => one.findings ?? [])],
      notRun: asked.flatMap((one) => one.notRun ?? []),
    };
  },
};

interface Made {
  readonly folder: string;
  readonly environment: Record<string, string>;
  readonly example: Record<string, string>;
  readonly findings: string[];
}

/** Runs init twice: the second time must change nothing. */
async function initialise({ root, folder }: DeployContext): Promise<Made> {
  const init = join(root, 'deploy', 'compose', 'init');
  const args = ['--out', folder, '--profiles', 'ha,observability', 'docs.example.org'];
  await run(init, args);
  const before = readFileSync(join(folder, 'secrets', 'master-key'), 'utf8');
  const { stdout } = await run(init, args);
  const findings = [
    ...(/^init: 0 secrets made/m.test(stdout) ? [] : ['run again, it makes secrets anew']),
    ...(readFileSync(join(folder, 'secrets', 'master-key'), 'utf8') === before
      ? []
      : ['run again, it changes the master key']),
  ];
  return {
    folder,
    environment: readEnvironmentFile(readFileSync(join(folder, '.env'), 'utf8')),
    example: readEnvironmentFile(readFileSync(join(root, '.env.example'), 'utf8')),
    findings,
  };
}

/** Has a client of compose read the file with each profile, where there is one: it needs no engine for that. */
async function askClient({ root, short }: DeployContext, folder: string): Promise<CheckOutcome> {
  const command = await clientHere();
  if (command === undefined) {
    return {
      figures: [],
      notRun: ['docker-compose is not installed (deploy/ci/tools deploy), so only our own reading was checked'],
    };
  }
  const [program, ...first] = command;
  const findings: string[] = [];
  const choices = short ? [PROFILES] : [[], ...PROFILES.map((profile) => [profile]), PROFILES];
  for (const profiles of choices) {
    try {
      await run(
        program as string,
        [...first, '--env-file', join(folder, '.env'), '--file', 'docker-compose.yml', 'config', '--quiet'],
        {
          cwd: root,
          timeout: CLIENT_MS,
          env: { ...process.env, COMPOSE_PROFILES: profiles.join(',') },
        },
      );
    } catch (error) {
      const said = error instanceof Error && 'stderr' in error ? String(error.stderr).trim() : String(error);
      findings.push(`${command.join(' ')} config with the profiles "${profiles.join(',')}": ${said}`);
    }
  }
  return { figures: [findingsFigure(`compose: read by ${command.join(' ')}`, findings, choices.length)], findings };
}

/** The plug-in of today, or else the program that was before it. */
async function clientHere(): Promise<readonly string[] | undefined> {
  for (const command of [['docker', 'compose'], ['docker-compose']] as const) {
    try {
      await run(command[0], [...command.slice(1), 'version'], { timeout: CLIENT_MS });
      return command;
    } catch {
      // Not installed, or a docker without the plug-in.
    }
  }
  return undefined;
}
