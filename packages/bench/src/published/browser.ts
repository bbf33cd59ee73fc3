import { readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { freePort } from '@docusnap/testing';
import { build } from 'vite';
import { launchBrowser, whyNoBrowser } from '../console/browser.ts';
import { expectText, newProject, type Place, type Project } from './project.ts';
import type { Trials } from './trials.ts';

/** Bundles a program that uses the package, and runs it on a page of another origin in a real browser. Gives the bundle's bytes, compressed. */
export async function tryInBrowser(trials: Trials, place: Place): Promise<number> {
  const node = { major: 24, program: process.execPath };
  const project = await trials.try('browser: npm install into an empty project', () =>
    newProject(node, place, 'browser'),
  );
  const bundle = project && (await trials.try('browser: a bundle is made', () => bundleOf(project)));
  if (!project || !bundle) return 0;
  await trials.try('browser: the bundle holds nothing of Node.js', async () => {
    if (/from\s*["']node:|require\(["']node:/.test(bundle)) throw new Error('It imports modules of Node.js.');
  });
  const why = whyNoBrowser();
  if (why !== null) trials.notRun('browser: the bundle reads a file', why);
  else await trials.try('browser: the bundle reads a file', () => onPage(project, bundle, place));
  return gzipSync(bundle).length;
}

async function bundleOf({ path }: Project): Promise<string> {
  await writeFile(join(path, 'page.mjs'), PROGRAM);
  await build({
    root: path,
    logLevel: 'error',
    configFile: false,
    build: { lib: { entry: 'page.mjs', formats: ['es'], fileName: 'bundle' }, outDir: 'out', minify: true },
  });
  return readFile(join(path, 'out', 'bundle.js'), 'utf8');
}

const PROGRAM = `import { isDocuSnapError, openDocuSnap, verifyWebhook } from '@docusnap/client';

globalThis.read = async (url, apiKey) => {
  const docusnap = openDocuSnap({ url, apiKey });
  const bytes = await (await fetch('/invoice.jpg')).blob();
  const job = await docusnap.jobs.submit(new File([bytes], 'from-a-page.jpg'));
  const seen = [];
  for await (const page of docusnap.jobs.pages(job.id)) seen.push(page.number);
  const { name } = await docusnap.jobs.wait(job.id);
  const text = await docusnap.jobs.result(job.id, { format: 'text' });
  const path = await docusnap.read('/etc/hosts').catch((error) => error);
  const refused = await verifyWebhook({ body: '{}', headers: new Headers() }, { secret: 'whsec_AAAA' }).catch((error) => error);
  await docusnap.jobs.erase(job.id);
  return JSON.stringify({ seen, name, text, path: isDocuSnapError(path, 'file_unreadable'), refused: refused.name });
};
`;

async function onPage({ path }: Project, bundle: string, { system }: Place): Promise<void> {
  const sample = await readFile(join(path, 'invoice.jpg'));
  const files = new Map<string, [string, string | Buffer]>([
    ['/', ['text/html', '<!doctype html><script type="module" src="/bundle.js"></script>']],
    ['/bundle.js', ['text/javascript', bundle]],
    ['/invoice.jpg', ['image/jpeg', sample]],
  ]);
  const server = createServer((request, response) => {
    const [type, body] = files.get(request.url ?? '') ?? ['text/plain', ''];
    response.writeHead(200, { 'content-type': type }).end(body);
  });
  const port = await freePort();
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const browser = await launchBrowser();
  try {
    const page = await browser.newPage();
    await page.goto(`http://127.0.0.1:${port}/`, { waitUntil: 'networkidle' });
    const call = `globalThis.read(${JSON.stringify(system.url)}, ${JSON.stringify(system.key)})`;
    const answer = String(await page.evaluate(call));
    const { seen, name, text, path: told, refused } = JSON.parse(answer);
    expectText(text, 'INVOICE');
    const found = JSON.stringify([seen, name, told, refused]);
    if (found !== '[[1],"from-a-page.jpg",true,"WebhookVerificationError"]') throw new Error(found);
  } finally {
    await browser.close();
    server.closeAllConnections();
    await server[Symbol.asyncDispose]();
  }
}
