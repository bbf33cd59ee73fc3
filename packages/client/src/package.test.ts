import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type TemporaryFolder, temporaryFolder } from '@docusnap/testing';
import { afterAll, beforeAll, expect, test } from '@jest/globals';

/** What would be published, built anew; `npm run test:client` also installs it, in other versions of Node.js and in a browser. */
const BUILD = fileURLToPath(new URL('../build.mjs', import.meta.url));
const run = promisify(execFile);
let folder: TemporaryFolder;
beforeAll(async () => {
  folder = await temporaryFolder('package');
  await run(process.execPath, [BUILD, folder.path]);
});
afterAll(() => folder.remove());

test('it is imported and required under the names of its manifest, and they give the same', async () => {
  const manifest = JSON.parse(await readFile(join(folder.path, 'package.json'), 'utf8'));
  const { import: imported, require: required } = manifest.exports['.'];
  const names = async (program: string, kind: string): Promise<string> =>
    (await run(process.execPath, [`--input-type=${kind}`, '--eval', program], { cwd: folder.path })).stdout;
  const log = 'console.log(Object.keys(client).sort().join())';
  const esm = await names(`import * as client from ${JSON.stringify(imported.default)};${log}`, 'module');
  expect(esm).toContain('openDocuSnap');
  expect(await names(`const client = require(${JSON.stringify(required.default)});${log}`, 'commonjs')).toBe(esm);
  for (const { types } of [imported, required])
    expect(await readFile(join(folder.path, types), 'utf8')).toContain('DocuSnap');
  expect([manifest.private, manifest.dependencies, manifest.devDependencies]).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
});

test('its command starts', async () => {
  const { bin } = JSON.parse(await readFile(join(folder.path, 'package.json'), 'utf8'));
  const { stdout } = await run(process.execPath, [join(folder.path, bin.docusnap), '--version']);
  expect(stdout).toMatch(/^docusnap \d+\.\d+\.\d+\n$/);
});
