import { spawn } from 'node:child_process';
import { closeSync, existsSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TemporaryFolder, temporaryFolder } from '@docusnap/testing';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { keepRunning, type Program } from './keep.ts';
import { openLog } from './logs.ts';

let folder: TemporaryFolder;
let pids: number[];
let lines: string[];
const watch = { onLine: (line: string) => void lines.push(line), onSpawn: (pid: number) => void pids.push(pid) };
const never = new AbortController().signal;

beforeEach(async () => {
  folder = await temporaryFolder('keep');
  pids = [];
  lines = [];
});
afterEach(async () => {
  for (const pid of pids) expect(() => process.kill(pid, 0)).toThrow('ESRCH');
  await folder.remove();
});

/** A program of one line of JavaScript that is ready once the file `ready` exists. */
function program(source: string, changes: Partial<Program> = {}): Program {
  const log = join(folder.path, 'log');
  const ready = join(folder.path, 'ready');
  return {
    title: 'the tool',
    log,
    async spawn() {
      const output = openLog(log);
      const script = `const ready = () => require('fs').writeFileSync(${JSON.stringify(ready)}, ''); ${source}`;
      const child = spawn(process.execPath, ['-e', script], { detached: true, stdio: ['ignore', output, output] });
      closeSync(output);
      return child;
    },
    isReady: async () => existsSync(ready),
    stopSignal: 'SIGTERM',
    stopGraceMs: 10_000,
    startLimitMs: 20_000,
    startTries: 1,
    ...changes,
  };
}

test('a program that ends before it is ready: the failure tells its errors in words, and where its log is', async () => {
  const source = `console.log(JSON.stringify({ level: 'info', msg: 'starting' }));
    console.log(JSON.stringify({ level: 'fatal', msg: 'could not start', err: { message: 'no such model' } }));
    for (let i = 0; i < 9; i++) console.log(JSON.stringify({ level: 'info', msg: 'stopping ' + i })); process.exit(3)`;
  await expect(keepRunning(program(source), watch, never)).rejects.toThrow(
    `The tool cannot start (exit code 3). Its last words:\ncould not start: no such model\nIts log: ${folder.path}/log`,
  );
});

test('it may end as often before it is ready as it has tries', async () => {
  const counter = join(folder.path, 'counter');
  writeFileSync(counter, '');
  const source = `const fs = require('fs'); fs.appendFileSync('${counter}', 'x');
    if (fs.readFileSync('${counter}', 'utf8').length < 2) process.exit(1); ready(); setInterval(() => {}, 1000)`;
  const kept = await keepRunning(program(source, { startTries: 2 }), watch, never);
  expect(await readFile(counter, 'utf8')).toBe('xx');
  await kept.stop();
});

test('a program that is never ready is stopped when its time is up', async () => {
  const slow = program('setInterval(() => {}, 1000)', { startLimitMs: 300 });
  await expect(keepRunning(slow, watch, never)).rejects.toThrow('The tool was not ready within 0.3 s.');
});

test('a start that is called off stops what it started', async () => {
  const calledOff = new AbortController();
  const starting = keepRunning(program('setInterval(() => {}, 1000)'), watch, calledOff.signal);
  calledOff.abort(new Error('called off'));
  await expect(starting).rejects.toThrow('called off');
});

test('a program that ends later is started again, with a line that says how it ended', async () => {
  const { promise: again, resolve } = Promise.withResolvers<void>();
  const onSpawn = (pid: number): void => {
    pids.push(pid);
    if (pids.length === 2) resolve();
  };
  const steady = program('ready(); setInterval(() => {}, 1000)');
  const kept = await keepRunning(steady, { ...watch, onSpawn }, never);
  process.kill(pids[0]!, 'SIGKILL');
  await again;
  expect(lines.join('\n')).toContain('The tool ended (signal SIGKILL); starting it again in 0.5 s.');
  await kept.stop();
});

test('a stop that meets a restart stops what is just being started', async () => {
  const { promise: restarting, resolve } = Promise.withResolvers<void>();
  const steady = program('ready(); setInterval(() => {}, 1000)');
  const slowly = async (wasReady: boolean) => {
    if (wasReady) {
      resolve();
      await new Promise((done) => setTimeout(done, 100));
    }
    return steady.spawn(wasReady);
  };
  const kept = await keepRunning({ ...steady, spawn: slowly }, watch, never);
  process.kill(pids[0]!, 'SIGKILL');
  await restarting;
  await kept.stop();
  expect(pids).toHaveLength(2);
});

test('a restart that fails is tried again', async () => {
  const { promise: again, resolve } = Promise.withResolvers<void>();
  const steady = program('ready(); setInterval(() => {}, 1000)');
  let failures = 0;
  const atFirstNot = async (wasReady: boolean) => {
    if (wasReady && failures++ === 0) throw new Error('EAGAIN');
    if (wasReady) resolve();
    return steady.spawn(wasReady);
  };
  const kept = await keepRunning({ ...steady, spawn: atFirstNot }, watch, never);
  process.kill(pids[0]!, 'SIGKILL');
  await again;
  expect(lines.join('\n')).toContain('The tool could not be started: Error: EAGAIN');
  await kept.stop();
});

test('a restart for which there is no process is tried again, as often as it takes', async () => {
  const { promise: again, resolve } = Promise.withResolvers<void>();
  const steady = program('ready(); setInterval(() => {}, 1000)');
  let failures = 0;
  const atFirstNot = async (wasReady: boolean) => {
    if (wasReady && failures++ < 2) return spawn(join(folder.path, 'nothing'));
    if (wasReady) resolve();
    return steady.spawn(wasReady);
  };
  const kept = await keepRunning({ ...steady, spawn: atFirstNot }, watch, never);
  process.kill(pids[0]!, 'SIGKILL');
  await again;
  expect(lines.filter((line) => line.includes('The tool could not be started.'))).toHaveLength(2);
  await kept.stop();
});

test('a program that cannot be started again is no longer waited for when all is stopped', async () => {
  const { promise: failed, resolve } = Promise.withResolvers<void>();
  const steady = program('ready(); setInterval(() => {}, 1000)');
  const onLine = (line: string): void => {
    if (line.includes('could not be started')) resolve();
  };
  const onceOnly = async (wasReady: boolean) =>
    wasReady ? spawn(join(folder.path, 'nothing')) : steady.spawn(wasReady);
  const kept = await keepRunning({ ...steady, spawn: onceOnly }, { ...watch, onLine }, never);
  process.kill(pids[0]!, 'SIGKILL');
  await failed;
  await kept.stop();
});

test('a program that does not stop is killed with all that it started', async () => {
  const deaf = program("process.on('SIGTERM', () => {}); ready(); setInterval(() => {}, 1000)", { stopGraceMs: 100 });
  const kept = await keepRunning(deaf, watch, never);
  await kept.stop();
  expect(lines).toEqual(['The tool did not stop within 0.1 s and is killed.']);
});
