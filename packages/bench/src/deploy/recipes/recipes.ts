import { accessSync, constants } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { CheckOutcome, DeployCheck, DeployContext } from '../check.ts';
import { type Facts, openFacts } from '../facts.ts';
import { whyNot } from '../kubernetes/kubernetes.ts';
import { openCheckouts } from './overlays.ts';

const GITHUB = 'deploy/ci/github';
const GITLAB = 'deploy/ci/gitlab-ci.yml';

/**
 * The recipes for GitHub Actions and GitLab: they can be read, every command and path that they name is there, and the overlays can be built of what git
 * knows and their jobs bring.
 */
export const RECIPES_CHECK: DeployCheck = { name: 'recipes', short: true, run: checkRecipes };

async function checkRecipes({ root, folder }: DeployContext): Promise<CheckOutcome> {
  const facts = openFacts();
  const names = await readdir(join(root, GITHUB));
  const deploys: Deploy[] = [];
  for (const name of names) deploys.push(...(await lookAtGithub(root, `${GITHUB}/${name}`, names, facts)));
  deploys.push(...(await lookAtGitlab(root, facts)));
  const absent = await whyNot();
  if (absent === null) await buildOverlays(root, folder, deploys, facts);
  const notRun = absent === null ? {} : { notRun: [`recipes: their overlays were not built: ${absent}`] };
  return { figures: [facts.figure('recipes: facts')], findings: facts.findings, ...notRun };
}

/** An overlay that a recipe names, and what its job runs. */
interface Deploy {
  readonly path: string;
  readonly overlay: string;
  readonly commands: readonly string[];
}

async function buildOverlays(root: string, folder: string, deploys: readonly Deploy[], facts: Facts): Promise<void> {
  const checkouts = await openCheckouts(root, folder);
  for (const { path, overlay, commands } of deploys) {
    const fault = await checkouts.build(overlay, commands);
    facts.note(`${path}: the overlay ${overlay} can be built of what its job has`, fault === null, fault);
  }
}

interface Workflow {
  readonly on?: unknown;
  readonly permissions?: unknown;
  readonly concurrency?: unknown;
  readonly jobs: Readonly<Record<string, Job>>;
}

interface Job {
  readonly uses?: string;
  readonly needs?: string | readonly string[];
  readonly with?: Readonly<Record<string, string>>;
  readonly concurrency?: unknown;
  readonly 'timeout-minutes'?: number;
  readonly strategy?: { readonly matrix?: { readonly command?: readonly string[] } };
  readonly steps?: readonly { readonly uses?: string; readonly run?: string }[];
}

async function lookAtGithub(root: string, path: string, names: readonly string[], facts: Facts): Promise<Deploy[]> {
  const deploys: Deploy[] = [];
  const text = await readFile(join(root, path), 'utf8');
  const workflow = parse(text) as Workflow;
  facts.note(`${path}: says when it runs`, workflow.on !== undefined);
  facts.note(`${path}: takes no permission that it does not name`, workflow.permissions !== undefined);
  for (const [name, job] of Object.entries(workflow.jobs)) {
    const needs = [job.needs ?? []].flat();
    facts.note(
      `${path}: what ${name} needs is there`,
      needs.every((need) => need in workflow.jobs),
      needs,
    );
    if (job.uses !== undefined) {
      const used = job.uses.split('/').at(-1) ?? '';
      facts.note(`${path}: ${job.uses} is there`, names.includes(used));
      const overlay = job.with?.overlay;
      const other = parse(await readFile(join(root, GITHUB, used), 'utf8')) as Workflow;
      const commands = Object.values(other.jobs).flatMap(commandsOf);
      if (overlay !== undefined) deploys.push({ path, overlay, commands });
      continue;
    }
    facts.note(`${path}: ${name} ends by itself`, job['timeout-minutes'] !== undefined);
    facts.note(`${path}: ${name} says what runs beside it`, (job.concurrency ?? workflow.concurrency) !== undefined);
    for (const { uses } of job.steps ?? []) {
      if (uses) facts.note(`${path}: ${uses} is pinned by its commit`, /^[\w-]+\/[\w-]+@[0-9a-f]{40}$/.test(uses));
    }
    await noteCommands(root, path, [...commandsOf(job), ...(job.strategy?.matrix?.command ?? [])], facts);
  }
  return deploys;
}

const commandsOf = (job: Job): string[] => (job.steps ?? []).map(({ run = '' }) => run);

interface Pipeline extends Readonly<Record<string, unknown>> {
  readonly stages: readonly string[];
}

interface GitlabJob {
  readonly extends?: string;
  readonly stage?: string;
  readonly needs?: readonly string[];
  readonly image?: string | { readonly name: string };
  readonly script?: readonly string[];
  readonly rules?: readonly { readonly when?: string }[];
  readonly variables?: Readonly<Record<string, string>>;
}

const NO_JOBS = ['stages', 'workflow', 'default'];

async function lookAtGitlab(root: string, facts: Facts): Promise<Deploy[]> {
  const deploys: Deploy[] = [];
  const pipeline = parse(await readFile(join(root, GITLAB), 'utf8')) as Pipeline;
  const jobs = Object.entries(pipeline).filter(([name]) => !NO_JOBS.includes(name)) as [string, GitlabJob][];
  for (const [name, job] of jobs) {
    const whole = { ...(job.extends === undefined ? {} : (pipeline[job.extends] as GitlabJob)), ...job };
    if (name.startsWith('.')) continue;
    facts.note(`${GITLAB}: the stage of ${name} is there`, pipeline.stages.includes(whole.stage ?? ''), whole.stage);
    facts.note(
      `${GITLAB}: what ${name} needs is there`,
      (whole.needs ?? []).every((need) => need in pipeline),
      whole.needs,
    );
    const image = typeof whole.image === 'object' ? whole.image.name : whole.image;
    facts.note(`${GITLAB}: ${name} names its image by a version`, /:\d+\.\d+\.\d+/.test(image ?? ''), image);
    const overlay = whole.variables?.OVERLAY;
    if (overlay) deploys.push({ path: GITLAB, overlay, commands: whole.script ?? [] });
    if (name === 'staging' || name === 'production') {
      facts.note(`${GITLAB}: ${name} waits for somebody`, whole.rules?.every(({ when }) => when === 'manual') === true);
    }
    await noteCommands(root, GITLAB, whole.script ?? [], facts);
  }
  return deploys;
}

/** Programs of the repository can be run, and scripts of npm are in package.json. */
async function noteCommands(root: string, path: string, commands: readonly string[], facts: Facts): Promise<void> {
  const { scripts } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as {
    scripts: Record<string, string>;
  };
  for (const line of commands.flatMap((command) => command.split('\n'))) {
    const [, script] = /^npm (?:run )?([\w:]+)/.exec(line) ?? [];
    if (script !== undefined) facts.note(`${path}: npm has the script ${script}`, script in scripts);
    const [, program] = /^(deploy\/[\w/-]+)/.exec(line) ?? [];
    if (program !== undefined) facts.note(`${path}: ${program} can be run`, isProgram(join(root, program)));
  }
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    // Not there, or not executable: what was asked.
    return false;
  }
}
