import { execFile, spawnSync } from 'node:child_process';
import { copyFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { JobBody } from '@docusnap/contracts';
import { temporaryFolder } from '@docusnap/testing';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { routesOf } from '../app.ts';
import { form, openTestGateway, openTestWorker, type TestGateway, type TestWorker } from '../test-gateway.ts';
import { pdf } from '../test-pictures.ts';
import { SAMPLES, samplesOf } from './samples.ts';

const SAMPLE = new URL('../../../../deploy/embedded/sample/invoice.jpg', import.meta.url);
const run = promisify(execFile);
const hasRequests = spawnSync('python3', ['-c', 'import requests']).status === 0;
if (!hasRequests) process.stderr.write('not run: samples in Python: there is no python3 with the package requests\n');

let gateway: TestGateway;
let worker: TestWorker;
let folder: { path: string; remove(): Promise<void> };
beforeAll(async () => {
  gateway = await openTestGateway({ limits: { pagePixels: 10_000_000 } });
  worker = openTestWorker(gateway);
  folder = await temporaryFolder('samples');
  await copyFile(SAMPLE, join(folder.path, 'invoice.jpg'));
});
afterAll(async () => {
  await gateway.close();
  await folder.remove();
});

/** One sample of a call, to be run in a process with those before and after it: starting one for each would take longer than all of them. */
interface Turn {
  readonly name: string;
  readonly source: string;
  readonly jobId: string;
}

const MARK = '=== ';

/** By language a program, and the arguments that have it run all samples, each after a line with its name. */
const PROGRAMS: Readonly<Record<string, (turns: readonly Turn[]) => Promise<readonly [string, readonly string[]]>>> = {
  curl: async (turns) => [
    'bash',
    [
      '-ec',
      turns
        .map(({ name, source, jobId }) => `echo; echo '${MARK}${name}'; export JOB_ID=${jobId}\n${source}`)
        .join('\n'),
    ],
  ],
  TypeScript: async (turns) => {
    const lines = await Promise.all(
      turns.map(async ({ name, source, jobId }, at) => {
        await writeFile(join(folder.path, `${at}.mts`), source);
        return `console.log('\\n${MARK}${name}'); process.env.JOB_ID = '${jobId}'; await import('./${at}.mts');`;
      }),
    );
    await writeFile(join(folder.path, 'all.mts'), lines.join('\n'));
    return [process.execPath, ['--disable-warning=ExperimentalWarning', 'all.mts']];
  },
  Python: async (turns) => {
    const all = JSON.stringify(JSON.stringify(turns));
    const each = `    print("\\n${MARK}" + turn["name"]); os.environ["JOB_ID"] = turn["jobId"]; exec(turn["source"], {})`;
    return ['python3', ['-c', `import json, os\nfor turn in json.loads(${all}):\n${each}`]];
  },
};
const LANGUAGES = Object.keys(PROGRAMS).filter((lang) => lang !== 'Python' || hasRequests);

async function endedJob(): Promise<string> {
  const { id } = JobBody.parse(await (await gateway.call('/v1/jobs', { method: 'POST', body: form([pdf()]) })).json());
  await worker.open(1);
  await worker.read('INVOICE\nTotal 12.50');
  return id;
}

/** Reads the pictures that a sample submits, which waits for them. */
async function readWhatComes(signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await worker.read('INVOICE\nTotal 12.50').catch(() => new Promise((resolve) => setTimeout(resolve, 20)));
  }
}

/** What each sample of a language printed, by its call. */
async function play(lang: string): Promise<Record<string, string>> {
  const turns: Turn[] = [];
  for (const name of Object.keys(SAMPLES)) {
    const [method = '', path = ''] = name.split(' ');
    const { source } = samplesOf({ method, path })!.find((one) => one.lang === lang)!;
    turns.push({ name, source, jobId: name.includes('{id}') ? await endedJob() : '' });
  }
  const [program, args] = await PROGRAMS[lang]!(turns);
  const env = { ...process.env, DOCUSNAP_URL: gateway.url, DOCUSNAP_API_KEY: gateway.key, NODE_OPTIONS: '' };
  const over = new AbortController();
  const reading = readWhatComes(over.signal);
  const { stdout } = await run(program, [...args], { cwd: folder.path, env }).finally(() => over.abort());
  await reading;
  const parts = stdout.split(`\n${MARK}`).slice(1);
  return Object.fromEntries(
    parts.map((part) => {
      const end = part.indexOf('\n');
      return [part.slice(0, end), part.slice(end + 1).trim()];
    }),
  );
}

/** What an answer has to hold. */
const ANSWERS: Readonly<Record<string, RegExp>> = {
  'post /v1/jobs': /^INVOICE\nTotal 12\.50\s*$/,
  'get /v1/jobs': /"jobs":\[.*"status":"completed"/,
  'get /v1/jobs/{id}': /"status":"completed"/,
  'get /v1/jobs/{id}/events': /event: job/,
  'get /v1/jobs/{id}/result': /^$/,
  'get /v1/jobs/{id}/pages': /"pages":\[\]/,
  'get /v1/jobs/{id}/pages/{n}': /"text":"INVOICE"/,
  'post /v1/jobs/{id}/extractions': /"task":"extract"/,
  'post /v1/batches': /"metadata":\{"month":"October"\}.*"jobs":\["/,
  'post /v1/webhooks': /"secret":"whsec_/,
  'post /v1/keys': /"key":"ds_.*"/,
  'get /v1/usage': /"usage":\[/,
  'delete /v1/jobs/{id}': /^$/,
};

test.each(LANGUAGES)('every sample in %s does on a real gateway what its call is for', async (lang) => {
  expect(await play(lang)).toEqual(
    Object.fromEntries(Object.keys(SAMPLES).map((name) => [name, expect.stringMatching(ANSWERS[name]!)])),
  );
  expect(await readFile(join(folder.path, 'invoice.md'), 'utf8')).toMatch(/INVOICE/);
});

test('each sample belongs to a route, and stands in the OpenAPI document', async () => {
  const routes = new Set(routesOf(gateway.ports).map(({ method, path }) => `${method} ${path}`));
  for (const name of Object.keys(SAMPLES)) expect([name, routes.has(name)]).toEqual([name, true]);
  const document = await (await gateway.call('/openapi.json', { key: null })).json();
  const { 'x-codeSamples': samples } = document.paths['/v1/jobs'].post;
  expect(samples.map(({ lang }: { lang: string }) => lang)).toEqual(['curl', 'TypeScript', 'Python']);
});
