import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterEach, expect, test } from '@jest/globals';

const SERVICE = join(import.meta.dirname, 'fixtures', 'service.ts');
const running = new Set<ChildProcess>();

afterEach(() => {
  for (const child of running) child.kill('SIGKILL');
});

/** A process running the sample service; `said` is its stderr by line, `logged` its log lines. */
function startSample(behaviour: string, options: { ipc?: boolean } = {}) {
  const child = options.ipc
    ? fork(SERVICE, [behaviour], { silent: true })
    : spawn(process.execPath, [SERVICE, behaviour], { stdio: ['ignore', 'pipe', 'pipe'] });
  running.add(child);
  let said = '';
  let logged = '';
  const waiting = new Map<string, () => void>();
  child.stderr!.on('data', (chunk: Buffer) => {
    said += chunk.toString();
    for (const [words, resolve] of waiting) if (said.includes(`${words}\n`)) resolve();
  });
  child.stdout!.on('data', (chunk: Buffer) => {
    logged += chunk.toString();
  });
  // Not the event 'close': it never comes once the parent has disconnected the channel.
  const ends = [once(child, 'exit'), once(child.stdout!, 'close'), once(child.stderr!, 'close')] as const;
  const closed = Promise.all(ends).then(([[code]]) => {
    running.delete(child);
    const log = logged
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    return { code: code as number | null, said: said.split('\n').filter(Boolean), log };
  });
  return {
    child,
    closed,
    says: (words: string) =>
      said.includes(`${words}\n`) ? Promise.resolve() : new Promise<void>((resolve) => waiting.set(words, resolve)),
  };
}

test.each(['SIGTERM', 'SIGINT'] as const)(
  '%s stops what was started in reversed order and ends with 0',
  async (signal) => {
    const sample = startSample('good');
    await sample.says('ready');
    sample.child.kill(signal);
    const { code, said, log } = await sample.closed;
    expect(code).toBe(0);
    expect(said).toEqual(['ready', 'second stopping', 'second stopped', 'first stopped']);
    expect(log.map(({ msg, reason }) => [msg, reason])).toEqual([
      ['stopping', signal],
      ['stopped', undefined],
    ]);
    expect(log[0]).toMatchObject({ level: 'info', service: 'sample', time: expect.stringMatching(/^\d{4}-.*Z$/) });
  },
);

test('a service may stop itself, and that too is a clean stop', async () => {
  const { code, log } = await startSample('stops-itself').closed;
  expect(code).toBe(0);
  expect(log[0]).toMatchObject({ msg: 'stopping', reason: 'enough' });
});

test('a second signal ends it with 1 at once', async () => {
  const sample = startSample('hangs');
  await sample.says('ready');
  sample.child.kill('SIGTERM');
  await sample.says('second stopping');
  sample.child.kill('SIGINT');
  const { code, log } = await sample.closed;
  expect(code).toBe(1);
  expect(log.at(-1)).toMatchObject({ level: 'fatal', signal: 'SIGINT' });
});

test('a stop that hangs beyond the grace ends it with 1 and names what hung', async () => {
  const sample = startSample('hangs');
  await sample.says('ready');
  sample.child.kill('SIGTERM');
  const { code, log, said } = await sample.closed;
  expect(code).toBe(1);
  expect(log.at(-1)).toMatchObject({ level: 'fatal', msg: 'did not stop within 500 ms', running: 'second' });
  expect(said).not.toContain('first stopped');
});

test('a stop that fails is logged, the others still run, and it ends with 1', async () => {
  const sample = startSample('stop-fails');
  await sample.says('ready');
  sample.child.kill('SIGTERM');
  const { code, log, said } = await sample.closed;
  expect(code).toBe(1);
  expect(said).toContain('first stopped');
  expect(log).toContainEqual(expect.objectContaining({ level: 'error', step: 'second' }));
});

test('it stops when the parent that forked it is gone', async () => {
  const sample = startSample('good', { ipc: true });
  await sample.says('ready');
  sample.child.disconnect();
  const { code, said, log } = await sample.closed;
  expect(code).toBe(0);
  expect(said.at(-1)).toBe('first stopped');
  expect(log[0]).toMatchObject({ reason: 'the parent process is gone' });
});

test.each(['rejects', 'throws'])(
  'an error that nobody caught (%s) is logged as fatal and ends it with 1',
  async (behaviour) => {
    const { code, log } = await startSample(behaviour).closed;
    expect(code).toBe(1);
    const err = expect.objectContaining({
      message: 'nobody caught this',
      stack: expect.stringContaining('service.ts'),
    });
    expect(log.at(-1)).toMatchObject({ level: 'fatal', err });
  },
);

test('a start that fails undoes what was done, logs why and ends with 1', async () => {
  const { code, log, said } = await startSample('fails-to-start').closed;
  expect(code).toBe(1);
  expect(said).toEqual(['first stopped']);
  expect(log[0]).toMatchObject({ level: 'fatal', msg: 'could not start', err: { message: 'no database' } });
});

test('a wrong configuration is a fatal line of plain words, without a stack', async () => {
  const { code, log } = await startSample('bad-config').closed;
  expect(code).toBe(1);
  expect(log[0]).toMatchObject({ level: 'fatal', msg: 'The configuration cannot be used:\n  - PORT is not set' });
  expect(log[0]).not.toHaveProperty('err');
});

test('a signal while it starts lets the start give up, and is a clean stop', async () => {
  const sample = startSample('never-starts');
  await sample.says('ready');
  sample.child.kill('SIGTERM');
  const { code, said } = await sample.closed;
  expect(code).toBe(0);
  expect(said).toEqual(['ready', 'first stopped']);
});

test('what a start opens after the signal is stopped too', async () => {
  const sample = startSample('starts-slowly');
  await sample.says('ready');
  sample.child.kill('SIGTERM');
  const { code, said } = await sample.closed;
  expect(code).toBe(0);
  expect(said.sort()).toEqual(['first stopped', 'late stopped', 'ready']);
});
