import { readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { SAMPLE } from './testing/embedded-run.ts';
import { type Home, newHome } from './testing/home.ts';

let home: Home;
beforeEach(async () => {
  home = await newHome();
});
afterEach(async () => {
  await home.remove();
});

async function firstLine(): Promise<string> {
  return (await readFile(SAMPLE.replace(/jpg$/, 'txt'), 'utf8')).split('\n')[0]!;
}

test('without a system and a file it starts one, prints the text of the sample and nothing else, and stops it', async () => {
  const end = await home.read().ended;
  expect(end.stderr).not.toContain('invoice');
  expect([end.code, end.stdout.split('\n')[0]]).toEqual([0, await firstLine()]);
  expect(home.processes()).toEqual([]);
});

test('several files: their text under their names, the reason for each that failed, exit code 1; the system stays', async () => {
  const system = home.start();
  await system.printed(/Ctrl-C stops it/);
  const noImage = join(home.path, 'note.txt');
  await writeFile(noImage, 'no image');
  const cutOff = join(home.path, 'cut-off.jpg');
  await writeFile(cutOff, (await readFile(SAMPLE)).subarray(0, 4_000));
  const absent = join(home.path, 'absent.png');

  const end = await home.read(SAMPLE, 'note.txt', cutOff, absent, home.path, SAMPLE).ended;
  expect(end.code).toBe(1);
  const heading = `==> ${SAMPLE} <==\n${await firstLine()}\n`;
  expect(end.stdout.split(heading)).toHaveLength(3);
  expect(end.stdout.startsWith(heading)).toBe(true);
  expect(end.stdout).not.toContain('note.txt');
  const reasons = end.stderr.trimEnd().split('\n');
  expect(reasons).toEqual([
    expect.stringMatching(/^note\.txt: file_type_unsupported: /),
    expect.stringMatching(`^${cutOff}: file_(truncated|undecodable): `),
    `${absent}: There is no such file.`,
    `${home.path}: It is a directory; name the files in it.`,
  ]);
  expect(system.child.exitCode).toBe(null);

  // The published command finds the system too, and gives its key to no other.
  const listed = await home.docusnap('jobs', 'list', '--json').ended;
  expect([listed.code, listed.stderr]).toEqual([0, '']);
  expect(listed.stdout).toContain(basename(SAMPLE));
  const elsewhere = await home.docusnap('jobs', 'list', '--url', 'http://127.0.0.1:9').ended;
  expect([elsewhere.code, elsewhere.stderr]).toEqual([3, expect.stringContaining('There is no API key')]);
  system.signalGroup('SIGTERM');
  expect((await system.ended).code).toBe(0);
});

test('a system that DOCUSNAP_URL names but that does not answer is the reason, not a stack', async () => {
  const url = `http://127.0.0.1:${home.port}`;
  const end = await home.readFrom(`${url}/`, 'ds_key', SAMPLE).ended;
  expect(end.code).toBe(1);
  expect(end.stderr).toBe(`${SAMPLE}: ${url} cannot be reached (ECONNREFUSED).\n`);
});

test('where no file can be opened, each is told why, and nothing is started', async () => {
  const absent = join(home.path, 'absent.png');
  const end = await home.read(absent, home.path).ended;
  expect([end.code, end.stdout]).toEqual([1, '']);
  expect(end.stderr).toBe(
    `${absent}: There is no such file.\n${home.path}: It is a directory; name the files in it.\n`,
  );
});

test('--help says how it is called, and starts nothing', async () => {
  const end = await home.read('--help').ended;
  expect([end.code, end.stderr]).toEqual([0, '']);
  expect(end.stdout).toMatch(/^Usage: npm run -s read -- /);
});
