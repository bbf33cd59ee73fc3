import { existsSync } from 'node:fs';
import { glob, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** What the manifests are held to, as the code has it. */
export interface Code {
  /** Variables by the file that a process is started with. */
  readonly variables: ReadonlyMap<string, Variables>;
  /** Names of the measures that services show. */
  readonly metrics: ReadonlySet<string>;
  /** Whether there is such a file in the repository. */
  has(path: string): boolean;
  /** Seconds after a signal at which a service ends whatever still runs. */
  readonly stopSeconds: number;
  /** Statements by which the roles of the database are set up, but for passwords. */
  readonly roleSettings: readonly string[];
}

export interface Variables {
  readonly known: ReadonlySet<string>;
  readonly required: ReadonlySet<string>;
}

/** The README's table of a service; a test of the services holds it to what they read. */
const TABLES = {
  'services/gateway/src/main.ts': 'services/gateway',
  'services/ocr/src/main.ts': 'services/ocr',
} as const;
/** Commands that have no table: their schemas spell every variable out. */
const COMMANDS = ['services/gateway/src/migrate', 'services/gateway/src/await-schema', 'services/gateway/src/bucket'];
/** Where measures are made. */
const MEASURED = ['services/*/src/**/*.ts', 'packages/runtime/src/*.ts'];

export async function readCode(root: string): Promise<Code> {
  const text = (path: string): Promise<string> => readFile(join(root, path), 'utf8');
  const readme = await text('README.md');
  const tables = Object.entries(TABLES).map(([main, title]) => [main, tableOf(readme, title)] as const);
  const ofStores = schemaOf(`${await text('packages/blobs/src/s3/settings.ts')}})`);
  const commands = await Promise.all(
    COMMANDS.map(async (folder) => {
      const source = await text(`${folder}/config.ts`);
      const { known, required } = schemaOf(source);
      const all = source.includes('BLOB_VARIABLES') ? known.union(ofStores.known) : known;
      return [`${folder}/main.ts`, { known: all, required }] as const;
    }),
  );
  const sources = (await Array.fromAsync(glob(MEASURED, { cwd: root }))).filter((path) => !path.endsWith('.test.ts'));
  const measures = (await Promise.all(sources.map(text))).join('\n');
  const graceMs = /^const GRACE_MS = ([\d_]+);/m.exec(await text('packages/runtime/src/lifecycle.ts'))?.[1];
  if (graceMs === undefined) throw new Error('packages/runtime/src/lifecycle.ts has no GRACE_MS');
  return {
    variables: new Map([...tables, ...commands]),
    metrics: new Set([...measures.matchAll(/\bname: '(docusnap_[a-z0-9_]+)'/g)].map(([, name]) => name!)),
    has: (path) => existsSync(join(root, path)),
    stopSeconds: Number(graceMs.replaceAll('_', '')) / 1_000,
    roleSettings: roleSettingsIn(await text('packages/db/src/roles.ts')),
  };
}

function tableOf(readme: string, title: string): Variables {
  const [, section] = new RegExp(`^### ${title}\n([\\s\\S]*?)(?=^##)`, 'm').exec(readme) ?? [];
  const rows = [...(section ?? '').matchAll(/^\| `([A-Z0-9_]+)` \| (.+?) \|/gm)];
  if (rows.length === 0) throw new Error(`README.md has no table of ${title}`);
  return {
    known: new Set(rows.map(([, name]) => name!)),
    required: new Set(rows.filter(([, , value]) => value === 'required').map(([, name]) => name!)),
  };
}

function schemaOf(source: string): Variables {
  const fields = [...source.matchAll(/^ +([A-Z][A-Z0-9_]+): z\b([\s\S]*?)(?=^ +[A-Z][A-Z0-9_]+: z\b|^ *\}\))/gm)];
  return {
    known: new Set(fields.map(([, name]) => name!)),
    required: new Set(fields.filter(([, , rules]) => !/\.(optional|default)\(/.test(rules!)).map(([, name]) => name!)),
  };
}

function roleSettingsIn(source: string): string[] {
  const table = /const ROLE_SETTINGS[^=]*=\s*\{([\s\S]*?)\n\};/.exec(source)?.[1] ?? '';
  return [...table.matchAll(/(docusnap_[a-z]+): \[([\s\S]*?)\]/g)].flatMap(([, role, list]) =>
    [...list!.matchAll(/"([^"]+)"/g)].map(([, setting]) => `ALTER ROLE ${role} SET ${setting}`),
  );
}
