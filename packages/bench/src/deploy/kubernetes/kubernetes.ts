import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type CheckOutcome, type DeployCheck, type DeployContext, findingsFigure } from '../check.ts';
import { readCode } from './code.ts';
import { combinations } from './combinations.ts';
import { faultsOfFiles, OVERLAYS } from './files.ts';
import { faultsOfKong } from './kong.ts';
import { openWorkshop, type Workshop } from './kustomize.ts';
import { type Manifest, nameOf } from './manifest.ts';
import { breaches, type Held } from './policies/all.ts';
import { faultsBySchema, moduleOf, WITHOUT_SCHEMA } from './schemas.ts';
import { refusedByProcesses } from './start-with.ts';
import { unknownFields } from './unknown-fields.ts';
import { Zones } from './zones.ts';

/** What is built is built so many at a time; each takes a fifth of a second of a processor. */
const AT_ONCE = 2;
/** With whose environment our processes are started: its secrets are files. */
const TRIED = 'overlays/test';

/** k8s/: what kustomize makes of it, whether that is valid, and whether it keeps to what is promised of it. Nothing is sent to a cluster. */
export const KUBERNETES_CHECK: DeployCheck = { name: 'kubernetes', short: true, run: checkKubernetes };

interface Installation {
  readonly name: string;
  readonly namespace: string;
  readonly manifests: readonly Manifest[];
}

async function checkKubernetes(context: DeployContext): Promise<CheckOutcome> {
  const { root, short, say } = context;
  const absent = await whyNot();
  if (absent !== null) return { figures: [], notRun: [absent] };
  const code = await readCode(root);
  const zones = Zones.parse(JSON.parse(await readFile(join(root, 'deploy/zones.json'), 'utf8')));
  const fileFindings = await faultsOfFiles(root, code);
  const workshop = await openWorkshop(root, context.folder);
  const { installations, faults } = await buildAll(workshop, short);
  const policyFindings = installations.flatMap(({ name, namespace, manifests }) => {
    const held: Held = { code, zones, namespace };
    return [...breaches(manifests, held), ...faultsOfKong(manifests)].map((one) => `${name}: ${one}`);
  });
  const figures = [
    findingsFigure('kubernetes: faults of the files of k8s/', fileFindings, 1),
    findingsFigure(
      'kubernetes: installations that kustomize does not build',
      faults,
      installations.length + faults.length,
    ),
    findingsFigure('kubernetes: breaches of policies', policyFindings, installations.length),
  ];
  const findings = [...fileFindings, ...faults, ...merged(policyFindings)];
  if (short) return { figures, findings };
  const objects = distinct(installations.flatMap(({ manifests }) => manifests));
  const schemaFindings = await faultsOfTypes(objects, context);
  const tried = installations.find(({ name }) => name === TRIED)?.manifests ?? [];
  const refused = await refusedByProcesses(tried, join(context.folder, 'processes'), root);
  say(
    `${objects.length} different objects of ${new Set(objects.map(kindOf)).size} kinds were held to published schemas`,
  );
  return {
    figures: [
      ...figures,
      findingsFigure('kubernetes: objects against their schemas', schemaFindings, objects.length),
      findingsFigure(`kubernetes: what processes refuse of ${TRIED}`, refused, 1),
    ],
    findings: [...findings, ...schemaFindings, ...refused],
  };
}

async function buildAll(workshop: Workshop, short: boolean) {
  const overlays = OVERLAYS.map((name) => ({
    name: `overlays/${name}`,
    namespace: `docusnap-${name}`,
    build: () => workshop.buildOverlay(name),
  }));
  const lists = short ? [] : combinations();
  const combined = lists.map((components) => ({
    name: components.join(' + '),
    namespace: 'docusnap-dev',
    build: () => workshop.buildCombination(components),
  }));
  const waiting = [...overlays, ...combined];
  const installations: Installation[] = [];
  const faults: string[] = [];
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const { name, namespace, build } = next;
      try {
        installations.push({ name, namespace, manifests: await build() });
      } catch (error) {
        faults.push(`${name}: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return { installations, faults };
}

const kindOf = ({ apiVersion, kind }: Manifest): string => `${apiVersion} ${kind}`;

function distinct(manifests: readonly Manifest[]): Manifest[] {
  return [...new Map(manifests.map((manifest) => [JSON.stringify(manifest.fields), manifest])).values()];
}

async function faultsOfTypes(objects: readonly Manifest[], { folder, root, say }: DeployContext): Promise<string[]> {
  const findings: string[] = [];
  for (const manifest of objects) {
    const kind = kindOf(manifest);
    if (moduleOf(manifest) === null && WITHOUT_SCHEMA[kind] === undefined)
      findings.push(`${kind}: there is no schema of it, and no reason why`);
    for (const fault of await faultsBySchema(manifest)) findings.push(`${nameOf(manifest)}: ${fault}`);
  }
  // Said, and not counted as what a machine lacks: there is nothing to install.
  for (const [kind, why] of Object.entries(WITHOUT_SCHEMA)) {
    if (objects.some((manifest) => kindOf(manifest) === kind)) say(`not run: the schema of ${kind}: ${why}`);
  }
  return [...findings, ...(await unknownFields(objects, join(folder, 'types'), root))];
}

/** The same thing wrong everywhere is said once, with how often. */
function merged(findings: readonly string[]): string[] {
  const where = new Map<string, string[]>();
  for (const finding of findings) {
    const [place, ...rest] = finding.split(': ');
    const what = rest.join(': ');
    where.set(what, [...(where.get(what) ?? []), place!]);
  }
  return [...where].map(([what, places]) =>
    places.length === 1 ? `${places[0]}: ${what}` : `${places[0]} and ${places.length - 1} more: ${what}`,
  );
}

/** Why nothing of k8s/ can be built here; null where it can. */
export async function whyNot(): Promise<string | null> {
  const run = promisify(execFile);
  const tools = { kubectl: ['version', '--client'], openssl: ['version'] };
  for (const [tool, args] of Object.entries(tools)) {
    try {
      await run(tool, args);
    } catch {
      return `${tool} is not installed${tool === 'kubectl' ? ' (1.30 or later, from kubernetes.io; no Debian package has it)' : ''}`;
    }
  }
  return null;
}
