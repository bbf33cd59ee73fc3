import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { pino } from 'pino';
import { joinLines } from './joined-lines.ts';
import { quickLines } from './log.ts';

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('the usual lines of a turn are written together in their order, and what is worse at once with all before it', async () => {
  const written: string[] = [];
  const exits: (() => void)[] = [];
  const output = { write: (text: string) => written.push(text), flushSync: () => undefined };
  const lines = joinLines(output, { on: (_event, listener) => exits.push(listener) });
  const log = pino({ base: {}, timestamp: false, formatters: { level: (level) => ({ level }) } }, lines);
  log.info('one');
  quickLines(log)(',"two":2', 'two');
  expect(written).toEqual([]);
  await turn();
  expect(written.map((text) => text.trim().split('\n').length)).toEqual([2]);
  log.info('three');
  log.warn('four');
  expect(written.slice(1).map(messages)).toEqual([['three', 'four']]);
  log.info('five');
  for (const exit of exits) exit();
  expect(written.slice(2).map(messages)).toEqual([['five']]);
  await turn();
  log.info('x'.repeat(70_000));
  expect(written).toHaveLength(4);
});

test('a quick line is the line that the log would write, at the levels at which it would', () => {
  for (const options of [{}, { base: { service: 'gateway' }, formatters: { level: (level: string) => ({ level }) } }]) {
    const written: string[] = [];
    const log = pino(
      { ...options, timestamp: () => ',"time":"2026-01-01T00:00:00.000Z"' },
      { write: (line: string) => written.push(line) },
    );
    const write = quickLines(log);
    log.info({ category: 'access', status: 200, key: null }, 'request');
    write(',"category":"access","status":200,"key":null', 'request');
    expect(written[1]).toBe(written[0]);
    log.level = 'warn';
    write('', 'request');
    expect(written).toHaveLength(2);
  }
});

test('lines that are kept for a moment are there when the process ends, also by an error that nobody caught', () => {
  const log = JSON.stringify(join(import.meta.dirname, 'log.ts'));
  for (const end of ['process.exit(0)', 'process.nextTick(() => { throw new Error("ends here"); })']) {
    const script = `
      import { openLog, quickLines } from ${log};
      const log = openLog({ service: 'gateway', level: 'info', joinedUntilExitOf: process });
      log.info('first');
      quickLines(log)(',"status":200', 'second');
      ${end};`;
    const { stdout } = spawnSync(process.execPath, ['--input-type=module-typescript', '-e', script], {
      encoding: 'utf8',
    });
    expect(messages(stdout)).toEqual(['first', 'second']);
  }
});

function messages(text: string): unknown[] {
  return text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line).msg);
}
