import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { describeNeeding } from '@docusnap/testing';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { png } from '../../../../services/gateway/src/test-pictures.ts';
import { openDocuSnap } from '../index.ts';
import { inPipe, inProcess, onTerminal, type Ran } from './test-command.ts';
import { type Desk, LETTER, openDesk, openTestSystem, type TestSystem } from './test-system.ts';
import { VERSION } from './version.ts';

const HERE = process.cwd();
let system: TestSystem;
let desk: Desk;
beforeAll(async () => {
  system = await openTestSystem();
});
beforeEach(async () => {
  system.setReading(true);
  desk = await openDesk();
  // Files are named from where the person stands.
  process.chdir(desk.path);
});
afterEach(async () => {
  process.chdir(HERE);
  await desk.remove();
});
afterAll(() => system.close());

const docusnap = (...args: string[]): Promise<Ran> =>
  inProcess(args, { environment: system.environment, folder: desk.path });

test('texts of several files come on the output in their order, reasons on the error output, and the exit code says that one failed', async () => {
  await desk.picture('b.png', 8);
  await desk.picture('a.png', 9);
  await writeFile(desk.at('note.txt'), 'no picture');
  const { code, stdout, stderr } = await docusnap('read', 'b.png', 'note.txt', 'a.png', 'absent.pdf');
  expect(code).toBe(1);
  expect(stdout.split('\n').filter((line) => line.startsWith('==>'))).toEqual(['==> b.png <==', '==> a.png <==']);
  expect(stdout.split(LETTER.split('\n')[0]!)).toHaveLength(3);
  expect(stderr).toMatch(/note\.txt: not read\n {2}The file is none of the kinds .*\(file_type_unsupported\)/);
  expect(stderr).toContain('There is no file absent.pdf. (file_unreadable)');
  expect(stderr).toMatch(/2 files read, 2 pages in \d+ s; 2 not, or not wholly\.\n$/);
  expect(stdout + stderr).not.toContain('\x1b');
});

test('a batch writes its results beside a note of them, and a second run sends only what is new', async () => {
  await mkdir(desk.at('in'));
  await desk.picture('in/a.png', 8);
  await writeFile(desk.at('in/a.jpg.png'), png({ width: 9 }));
  const first = await docusnap('read', 'in', '--format', 'markdown,json', '--out', 'texts');
  expect([first.code, first.stdout]).toEqual([0, '']);
  expect((await readdir(desk.at('texts'))).sort()).toEqual([
    '.docusnap-batch.jsonl',
    'a.jpg.json',
    'a.jpg.md',
    'a.json',
    'a.md',
  ]);
  expect(await readFile(desk.at('texts/a.md'), 'utf8')).toContain('RENTAL');
  const sent = await system.jobCount();
  await desk.picture('in/new.png', 10);
  const second = await docusnap('read', 'in', '--format', 'markdown,json', '--out', 'texts', '--json');
  const outcomes = second.stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(outcomes.map(({ file, status }) => [file, status])).toEqual([
    ['in/a.jpg.png', 'skipped'],
    ['in/a.png', 'skipped'],
    ['in/new.png', 'read'],
  ]);
  expect(second.stderr).toBe('');
  expect(await system.jobCount()).toBe(sent + 1);
});

test('fields of a schema come as JSON, with their proofs if asked', async () => {
  await desk.picture('a.png', 8);
  await writeFile(
    desk.at('rental.json'),
    '{"type":"object","properties":{"tenant":{"type":"string"},"total":{"type":"number"}}}',
  );
  const { code, stdout } = await docusnap('extract', '--schema', 'rental.json', '--proofs', 'a.png');
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({
    file: 'a.png',
    ok: true,
    data: { tenant: 'Jane Roe', total: 120.5 },
    proofs: { tenant: { grounded: true } },
  });
  expect((await docusnap('extract', 'a.png')).stderr).toContain('Say which fields are wanted');
  await writeFile(desk.at('broken.json'), '[');
  expect((await docusnap('extract', '-s', 'broken.json', 'a.png')).stderr).toContain('broken.json is no JSON Schema');
});

test('a watched folder is read as files come, and not again after a restart', async () => {
  await mkdir(desk.at('inbox'));
  await desk.picture('inbox/first.png', 8);
  const watching = watch('--quiet');
  await present('texts/first.txt');
  await desk.picture('inbox/second.png', 9);
  await present('texts/second.txt');
  expect(await watching.stop()).toEqual({ code: 0, stdout: '', stderr: '' });
  const sent = await system.jobCount();
  await desk.picture('inbox/third.png', 10);
  const again = watch('--json');
  await present('texts/third.txt');
  const { code, stdout } = await again.stop();
  expect([code, JSON.parse(stdout).file]).toEqual([0, 'inbox/third.png']);
  expect(await system.jobCount()).toBe(sent + 1);
});

function watch(...options: string[]) {
  const stopping = new AbortController();
  const where = { environment: system.environment, folder: desk.path, signal: stopping.signal };
  const ended = inProcess(['watch', 'inbox', '--out', 'texts', ...options], where);
  return {
    stop: async (): Promise<Ran> => {
      // What is written is said a moment later.
      await new Promise((resolve) => setTimeout(resolve, 100));
      stopping.abort('SIGINT');
      return ended;
    },
  };
}

async function present(name: string): Promise<void> {
  while (!existsSync(desk.at(name))) await new Promise((resolve) => setTimeout(resolve, 20));
}

test('jobs are listed, shown, cancelled, retried and erased', async () => {
  system.setReading(false);
  const client = openDocuSnap({ url: system.url, apiKey: system.key });
  const { id } = await client.jobs.submit({ data: new Uint8Array(png()), name: 'of the list.png' });
  const list = await docusnap('jobs', 'list', '--name', 'of the list');
  expect(list.stdout).toMatch(
    new RegExp(`^ID +STATUS +PAGES +CREATED +NAME\n${id} +queued +0/1 .*of the list\\.png\n$`),
  );
  expect((await docusnap('jobs', 'cancel', id)).stdout).toContain(`${id}: cancelled`);
  expect((await docusnap('jobs', 'show', id)).stdout).toMatch(/status +cancelled/);
  expect(JSON.parse((await docusnap('jobs', 'retry', id, '--json')).stdout)).toMatchObject({ id });
  expect((await docusnap('jobs', 'erase', id)).stdout).toContain(`${id}: erased, 1 file and the text of 0 pages.`);
  const gone = await docusnap('jobs', 'show', id);
  expect([gone.code, gone.stderr]).toEqual([
    1,
    expect.stringMatching(/^docusnap: There is no job with this id\.\nLook for it in GET \/v1\/jobs/),
  ]);
  expect((await docusnap('jobs', 'list', '--status', 'lost')).code).toBe(2);
});

test('keys are made, listed and revoked; the key alone stands on the output', async () => {
  const made = await docusnap('keys', 'create', 'viewer', '--scope', 'read');
  expect(made.stdout).toMatch(/^ds_\S+\n$/);
  const id = /Key (\S+) may read\./.exec(made.stderr)![1]!;
  expect((await docusnap('keys', 'list')).stdout).toMatch(new RegExp(`${id} .* read +never used +viewer`));
  const asViewer = { environment: { ...system.environment, DOCUSNAP_API_KEY: made.stdout.trim() }, folder: desk.path };
  expect((await inProcess(['keys', 'list'], asViewer)).code).toBe(3);
  const limited = await inProcess(['doctor'], asViewer);
  expect([limited.code, limited.stdout]).toEqual([0, expect.stringContaining('has the scope operator')]);
  expect((await docusnap('keys', 'revoke', id)).stdout).toBe(`${id}: revoked.\n`);
  const refused = await inProcess(['jobs', 'list'], asViewer);
  expect([refused.code, refused.stderr]).toEqual([3, expect.stringContaining('The key was refused.')]);
});

test('the doctor says of each part how it is, and what to do', async () => {
  const { code, stdout } = await docusnap('doctor');
  expect(code).toBe(1);
  expect(stdout).toMatch(/^ok {4}address +http:\/\/127\.0\.0\.1:\d+ answers\.$/m);
  expect(stdout).toMatch(/^(ok|warn) +database +PostgreSQL \d+/m);
  expect(stdout).toMatch(
    /^FAIL {2}readers +No ocr service is there\.\n +Files are taken but not read\. Start an ocr service/m,
  );
  expect(JSON.parse((await docusnap('doctor', '--json')).stdout)).toMatchObject({ ok: false });
});

test('address and key are found on the command line, in the environment, or in the file that configure writes', async () => {
  const nowhere = { folder: desk.path, environment: {} };
  const lost = await inProcess(['jobs', 'list'], nowhere);
  expect([lost.code, lost.stderr]).toEqual([3, expect.stringContaining('docusnap configure --url')]);
  const kept = await inProcess(['configure', '--url', system.url], { ...nowhere, input: `${system.key}\n` });
  expect([kept.code, kept.stderr]).toEqual([0, '']);
  expect((await inProcess(['jobs', 'list', '--json'], nowhere)).code).toBe(0);
  const away = await inProcess(['jobs', 'list', '--url', 'http://127.0.0.1:9'], nowhere);
  expect([away.code, away.stderr]).toEqual([4, expect.stringMatching(/cannot be reached .*\nIs it running/)]);
  await rm(desk.at('.config'), { recursive: true });
});

test.each([
  [[], 2, /^Usage: docusnap COMMAND/],
  [['--help'], 0, /Exit codes: 0/],
  [['--version'], 0, new RegExp(`^docusnap ${VERSION}\n$`)],
  [['raed'], 2, /There is no command "raed"/],
  [['read', '--fromat', 'text', 'a'], 2, /Unknown option '--fromat'.*\nTry docusnap read --help\./],
  [['read', '--format', 'word', 'a'], 2, /Expected --format to be json, text/],
  [['read', 'a', '--concurrency', '0'], 2, /whole number from 1 to 64, got "0"/],
  [['watch', 'x'], 2, /x is no folder/],
  [['completion', 'bash'], 0, /complete -o filenames -F _docusnap docusnap/],
  [['completion', 'zsh'], 0, /^#compdef docusnap/],
  [['completion', 'fish'], 0, /complete -c docusnap/],
])('%j ends with %i and says what it has to', async (args, code, says) => {
  const ended = await docusnap(...args);
  expect([ended.code, ended.stdout + ended.stderr]).toEqual([code, expect.stringMatching(says)]);
});

test('bash completes commands, options and their values', async () => {
  await writeFile(desk.at('complete.sh'), (await docusnap('completion', 'bash')).stdout);
  const asked = [['re'], ['read', '--fo'], ['read', '--format', 'ma'], ['jobs', 'sh']].map(
    (words) =>
      `COMP_WORDS=(docusnap ${words.join(' ')}); COMP_CWORD=${words.length}; _docusnap; echo "\${COMPREPLY[*]}"`,
  );
  const { stdout } = await promisify(execFile)('bash', ['-c', `source complete.sh; ${asked.join('; ')}`], {
    cwd: desk.path,
  });
  expect(stdout).toBe('read\n--format\nmarkdown\nshow\n');
});

test('the version is that of the package', async () => {
  const manifest = JSON.parse(await readFile(new URL('../../package.json', import.meta.url), 'utf8'));
  expect(manifest.version).toBe(VERSION);
});

/** As processes of their own. */
test('a batch that is interrupted, or killed, goes on with the jobs it had sent', async () => {
  const files = ['a.png', 'b.png', 'c.png'];
  for (const [index, name] of files.entries()) await desk.picture(name, 20 + index);
  const where = { environment: system.environment, folder: desk.path };
  const sent = await system.jobCount();
  for (const [signal, code] of [
    ['SIGINT', 130],
    ['SIGKILL', null],
  ] as const) {
    system.setReading(false);
    const batch = inPipe(['read', ...files, '--out', 'texts'], where);
    while ((await system.jobCount()) < sent + 3) await new Promise((resolve) => setTimeout(resolve, 20));
    batch.kill(signal);
    expect((await batch.ended).code).toBe(code);
  }
  system.setReading(true);
  const { code, stderr } = await inPipe(['read', ...files, '--out', 'texts', '--erase'], where).ended;
  expect(code).toBe(0);
  expect(stderr).not.toContain('\x1b');
  expect((await readdir(desk.at('texts'))).sort()).toEqual(['.docusnap-batch.jsonl', 'a.txt', 'b.txt', 'c.txt']);
  expect(await system.jobCount()).toBe(sent);
});

describeNeeding('script', 'on a terminal', () => {
  test('there are bars for each file and for all, and colours', async () => {
    await desk.picture('a.png', 30);
    system.setReading(false);
    const shown = onTerminal(['read', 'a.png', '--out', 'texts'], {
      environment: system.environment,
      folder: desk.path,
    });
    await shown.wrote(/\[\.{16}\] waits/);
    system.setReading(true);
    const { code, stdout } = await shown.ended;
    expect(code).toBe(0);
    expect(stdout).toMatch(/all +\[\.{16}\] 0 of 1 files/);
    expect(stdout).toContain('\x1b[32m1 page read\x1b[0m -> texts/a.txt');
  });
});
