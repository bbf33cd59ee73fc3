import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { serverAccount } from './account.ts';
import { testAsRoot } from './testing/as-root.ts';
import { type EmbeddedRun, ROOT } from './testing/embedded-run.ts';
import { type Home, kill, newHome } from './testing/home.ts';

const run = promisify(execFile);
const READY = /Ctrl-C stops it/;
/** A link that the console is opened by. */
const CONSOLE_LINK = /http:\/\/127\.0\.0\.1:\d+\/#\/sign-in\/[\w-]{43}/;
const CONSOLE = join(ROOT, 'deploy', 'embedded', 'src', 'console.ts');
const CURL = /^ {2}(curl [^\n]*\\\n[^\n]*)$/m;

let home: Home;
beforeEach(async () => {
  home = await newHome();
});
afterEach(async () => {
  await home.remove();
});

async function key(): Promise<string> {
  return (await readFile(join(home.folders().secrets, 'api-key'), 'utf8')).trim();
}

async function jobNames(): Promise<string[]> {
  const response = await fetch(`http://127.0.0.1:${home.port}/v1/jobs`, {
    headers: { authorization: `Bearer ${await key()}` },
  });
  expect(response.status).toBe(200);
  const body = (await response.json()) as { jobs: { name: string }[] };
  return body.jobs.map((job) => job.name);
}

async function stopByCtrlC(system: EmbeddedRun): Promise<void> {
  system.signalGroup('SIGINT');
  const end = await system.ended;
  expect([end.code, end.signal]).toEqual([0, null]);
  expect(home.processes()).toEqual([]);
}

async function bannerOf(system: EmbeddedRun): Promise<string> {
  return (await system.printed(/DocuSnap is ready[\s\S]*Ctrl-C stops it/))[0];
}

async function submitSample(banner: string): Promise<string> {
  const { stdout } = await run('sh', ['-c', CURL.exec(banner)![1]!], { cwd: ROOT });
  return stdout;
}

test('prints address, key and a curl that works as pasted; stops on Ctrl-C; keeps its data; a second start is refused, a dead service replaced', async () => {
  const first = home.start();
  const shown = await bannerOf(first);
  process.stdout.write(`first start: ${first.age()} ms\n`);
  expect(shown).toContain(`http://127.0.0.1:${home.port}`);
  expect(shown).toContain(await key());
  expect(await submitSample(shown)).toMatch(/invoice/i);
  const environment = { ...process.env, DOCUSNAP_HOME: home.path, NODE_OPTIONS: '' };
  const { stdout: another } = await run(process.execPath, [CONSOLE], { cwd: ROOT, env: environment });
  const links = [CONSOLE_LINK.exec(shown)?.[0], another.trim()];
  expect(links).toEqual([expect.stringMatching(CONSOLE_LINK), expect.stringMatching(CONSOLE_LINK)]);
  expect(links[0]).not.toBe(links[1]);

  const second = await home.start().ended;
  expect(second.code).toBe(1);
  expect(second.stderr).toContain('already runs');
  expect(second.stderr).toContain(`http://127.0.0.1:${home.port}`);
  await stopByCtrlC(first);

  const again = home.start();
  await again.printed(READY);
  process.stdout.write(`later start: ${again.age()} ms\n`);
  expect(await jobNames()).toEqual(['invoice.jpg']);

  const children = JSON.parse(await readFile(home.folders().children, 'utf8')) as { title: string; pid: number }[];
  kill(children.find((child) => child.title === 'the gateway')!.pid);
  await again.printed(/The gateway ended \(signal SIGKILL\); starting it again in 0.5 s/);
  await untilAnswering();
  expect(await jobNames()).toEqual(['invoice.jpg']);
  await stopByCtrlC(again);
});

async function untilAnswering(): Promise<void> {
  for (;;) {
    try {
      if ((await fetch(`http://127.0.0.1:${home.port}/readyz`)).ok) return;
    } catch {
      // Not listening again yet; the test's own time limit ends this.
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

test('starts again after kill -9: of the supervisor, then of everything, though another program got the id in postmaster.pid', async () => {
  const first = home.start();
  await submitSample(await bannerOf(first));
  first.child.kill('SIGKILL');
  await first.ended;
  expect(home.processes()).not.toEqual([]);

  const second = home.start();
  await second.printed(READY);
  expect(await jobNames()).toEqual(['invoice.jpg']);
  for (const pid of home.processes()) kill(pid);
  await home.gone();
  const bystander = await giveAwayServerId();

  const third = home.start();
  await third.printed(READY);
  expect(await jobNames()).toEqual(['invoice.jpg']);
  await stopByCtrlC(third);
  expect(bystander.exitCode ?? bystander.signalCode).toBe(null);
  bystander.kill();
});

/** Some other program gets the process id that stands in `postmaster.pid`, and belongs to the database's user as chance would have it. */
async function giveAwayServerId(): Promise<ChildProcess> {
  const account = await serverAccount();
  const bystander = spawn('sleep', ['600'], account === null ? {} : { uid: account.uid, gid: account.gid });
  const lock = join(home.folders().postgres, 'postmaster.pid');
  const [, ...rest] = (await readFile(lock, 'utf8')).split('\n');
  await writeFile(lock, [bystander.pid, ...rest].join('\n'));
  return bystander;
}

test('a busy port is one sentence that names it and the way out, before anything is made', async () => {
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(home.port, '127.0.0.1', resolve));
  const end = await home.start().ended;
  await new Promise((resolve) => other.close(resolve));
  expect(end.code).toBe(1);
  expect(end.stdout).toBe('');
  expect(end.stderr).toBe(
    `Port ${home.port}, wanted for the gateway, is in use by another program. ` +
      `Choose another one: npm start -- --port ${home.port + 1} (or PORT=${home.port + 1}).\n`,
  );
  expect(home.processes()).toEqual([]);
});

test('Ctrl-C while it is starting stops what was started', async () => {
  const system = home.start();
  await system.printed(/Starting the ocr service/);
  await stopByCtrlC(system);
});

testAsRoot('as root below a folder that others cannot enter the data lie in a system-wide folder', async () => {
  await home.remove();
  home = await newHome({ closed: true });
  const first = home.start();
  const { systemWide } = home.folders();
  await first.printed(new RegExp(`so the data lie in ${systemWide}/data`));
  await submitSample(await bannerOf(first));
  await stopByCtrlC(first);
  const again = home.start();
  await again.printed(READY);
  expect(await jobNames()).toEqual(['invoice.jpg']);
  await stopByCtrlC(again);
});
