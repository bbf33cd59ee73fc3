import { chmod, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer, connect as dial, type Server, type Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { png } from '../../../../../services/gateway/src/test-pictures.ts';
import { inPipe, inProcess, type Ran } from '../test-command.ts';
import { type Desk, openDesk, openTestSystem, type TestSystem } from '../test-system.ts';

const HERE = process.cwd();
let system: TestSystem;
let desk: Desk;
beforeAll(async () => {
  system = await openTestSystem();
});
beforeEach(async () => {
  desk = await openDesk();
  process.chdir(desk.path);
});
afterEach(async () => {
  process.chdir(HERE);
  await desk.remove();
});
afterAll(() => system.close());

const docusnap = (...args: string[]): Promise<Ran> =>
  inProcess(args, { environment: system.environment, folder: desk.path });
const text = (name: string): Promise<string> => readFile(desk.at(name), 'utf8');

test('results are never written over the file that is read, nor over files of other origin', async () => {
  await writeFile(desk.at('scan.pdf'), png({ width: 8 }));
  await desk.picture('notes.png', 9);
  await writeFile(desk.at('notes.txt'), 'mine');
  expect((await docusnap('read', 'scan.pdf', '--format', 'pdf', '--out', '.')).code).toBe(0);
  expect(await readFile(desk.at('scan.pdf'))).toEqual(png({ width: 8 }));
  expect((await text('scan.pdf.pdf')).slice(0, 5)).toBe('%PDF-');
  expect((await docusnap('read', 'notes.png', '--out', '.')).code).toBe(0);
  expect(await text('notes.txt')).toBe('mine');
  expect(await text('notes.png.txt')).toContain('RENTAL');
});

test('results of a file that is read again, or otherwise and as before, take the place of its own', async () => {
  await desk.picture('a.png', 8);
  for (const more of [[], ['--again'], ['--format', 'markdown'], ['--format', 'text', '--again']])
    expect((await docusnap('read', 'a.png', '--out', 'texts', ...more)).code).toBe(0);
  expect((await readdir(desk.at('texts'))).sort()).toEqual(['.docusnap-batch.jsonl', 'a.md', 'a.txt']);
});

test('without a folder each call is a job of its own, as are equal files of two folders', async () => {
  await mkdir(desk.at('other'));
  await desk.picture('a.png', 8);
  await desk.picture('other/a.png', 8);
  const before = await system.jobCount();
  for (let count = 0; count < 2; count += 1)
    expect(await docusnap('read', 'a.png', '--erase', '--quiet')).toMatchObject({ code: 0, stderr: '' });
  expect((await docusnap('read', 'a.png', 'other/a.png')).code).toBe(0);
  expect(await system.jobCount()).toBe(before + 2);
});

test('a note whose last line is torn is good for the files before it', async () => {
  await desk.picture('a.png', 8);
  await desk.picture('b.png', 9);
  await docusnap('read', 'a.png', 'b.png', '--out', 'texts', '--concurrency', '1');
  const jobs = await system.jobCount();
  const noted = (await text('texts/.docusnap-batch.jsonl')).trimEnd();
  await writeFile(desk.at('texts/.docusnap-batch.jsonl'), noted.slice(0, -20));
  const { code, stderr } = await docusnap('read', 'a.png', 'b.png', '--out', 'texts');
  expect([code, stderr]).toEqual([0, expect.stringContaining('a.png: read before')]);
  expect((await readdir(desk.at('texts'))).sort()).toEqual(['.docusnap-batch.jsonl', 'a.txt', 'b.txt']);
  expect(await system.jobCount()).toBe(jobs);
});

test('PDFs are not put into the folder whose PDFs are read', async () => {
  await mkdir(desk.at('in'));
  await desk.picture('in/a.png', 8);
  for (const command of ['read', 'watch'])
    expect(await docusnap(command, 'in', '--out', './in/', '--format', 'pdf')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('would be read as files of ./in/'),
    });
});

test('a key is kept where others cannot read it, also where a file with other permissions was', async () => {
  await writeFile(desk.at('kept.json'), '{}');
  await chmod(desk.at('kept.json'), 0o644);
  const where = { folder: desk.path, environment: {}, input: `${system.key}\n` };
  expect((await inProcess(['configure', '--url', system.url, '--config', 'kept.json'], where)).code).toBe(0);
  expect((await stat(desk.at('kept.json'))).mode & 0o777).toBe(0o600);
  expect(await text('kept.json')).toContain(system.key);
});

test('watching goes on while DocuSnap is away and while its folder is', async () => {
  const door = await openDoor(system.url);
  await mkdir(desk.at('in'));
  const environment = { ...system.environment, DOCUSNAP_URL: door.url };
  const watching = inPipe(['watch', 'in', '--out', 'texts'], { environment, folder: desk.path });
  try {
    await watching.wrote(/Watching in/);
    await door.shut();
    await desk.picture('in/a.png', 8);
    await watching.wrote(/cannot be reached .*Trying again\./);
    await door.open();
    await watching.wrote(/in\/a\.png: 1 page read -> texts\/a\.txt/);
    await rm(desk.at('in'), { recursive: true });
    await watching.wrote(/ENOENT.*Trying again\./);
    await mkdir(desk.at('in'));
    await desk.picture('in/b.png', 9);
    await watching.wrote(/in\/b\.png: 1 page read/);
  } finally {
    watching.kill('SIGINT');
    await watching.ended;
    await door.shut();
  }
  expect((await watching.ended).code).toBe(0);
});

/** A way to an address that can be shut and opened again. */
async function openDoor(to: string) {
  const { hostname, port } = new URL(to);
  const sockets = new Set<Socket>();
  let server: Server;
  const open = async (at: number): Promise<number> => {
    server = createServer((near) => {
      const far = dial(Number(port), hostname);
      for (const socket of [near, far]) {
        sockets.add(socket);
        socket.on('error', () => undefined);
      }
      near.pipe(far).pipe(near);
    });
    await new Promise<void>((resolve) => server.listen(at, '127.0.0.1', resolve));
    return (server.address() as AddressInfo).port;
  };
  const place = await open(0);
  return {
    url: `http://127.0.0.1:${place}`,
    open: () => open(place),
    shut: async (): Promise<void> => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
