import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { secretPath } from '../secrets.ts';
import { type EmbeddedRun, SAMPLE } from '../testing/embedded-run.ts';
import { type Home, newHome } from '../testing/home.ts';

const READY = /Ctrl-C stops it/;

let home: Home;
beforeEach(async () => {
  home = await newHome();
});
afterEach(() => home.remove());

const masterKey = async (): Promise<string> => (await readFile(secretPath(home.folders(), 'masterKey'), 'utf8')).trim();

async function ask(path: string, request: RequestInit = {}): Promise<Response> {
  const key = (await readFile(secretPath(home.folders(), 'apiKey'), 'utf8')).trim();
  return fetch(`http://127.0.0.1:${home.port}${path}`, { ...request, headers: { authorization: `Bearer ${key}` } });
}

async function stopped(system: EmbeddedRun): Promise<void> {
  system.signalGroup('SIGINT');
  expect((await system.ended).code).toBe(0);
}

test('a key is rotated in one command while the system is stopped; what was stored opens afterwards, with the new key alone', async () => {
  const first = home.start();
  await first.printed(READY);
  const form = new FormData();
  form.append('file', new Blob([await readFile(SAMPLE)], { type: 'image/jpeg' }), 'invoice.jpg');
  const job = (await (await ask('/v1/jobs?wait=60', { method: 'POST', body: form })).json()) as { id: string };
  const before = await (await ask(`/v1/jobs/${job.id}/result?format=text`)).text();
  expect(before).toMatch(/invoice/i);
  const running = await home.keys('rotate').ended;
  expect(running).toMatchObject({ code: 1, stderr: expect.stringContaining('already runs') });
  await stopped(first);

  const old = await masterKey();
  const [oldId] = old.split(':');
  const rotated = await home.keys('rotate').ended;
  expect(rotated.code).toBe(0);
  const key = await masterKey();
  const [id] = key.split(':');
  expect(key).not.toContain(',');
  expect(id).not.toBe(oldId);
  expect(rotated.stdout).toContain(`1 data keys were wrapped anew, under "${id}"`);
  expect(rotated.stdout).toContain(`0 data keys under "${oldId}", an old one`);
  expect(rotated.stdout + rotated.stderr).not.toContain(old.slice(old.indexOf(':') + 1));
  const retired = join(home.folders().secrets, 'master-keys-retired');
  expect((await readFile(retired, 'utf8')).trim()).toBe(old);
  expect((await stat(retired)).mode & 0o777).toBe(0o600);
  expect(home.processes()).toEqual([]);

  const again = home.start();
  await again.printed(READY);
  expect(await (await ask(`/v1/jobs/${job.id}/result?format=text`)).text()).toBe(before);
  await stopped(again);
  const status = await home.keys('status').ended;
  expect(status).toMatchObject({
    code: 0,
    stdout: `1 data keys under "${id}", the current one\nThere is no old key.\n`,
  });
}, 240_000);
