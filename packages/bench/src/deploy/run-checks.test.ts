import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, jest, test } from '@jest/globals';
import { figure } from '../report.ts';
import { UsageError } from '../usage.ts';
import { type CheckOutcome, type DeployCheck, findingsFigure } from './check.ts';
import { CHECKS } from './checks.ts';
import { chooseChecks, runChecks } from './run-checks.ts';

const COMMAND = fileURLToPath(new URL('../deploy.ts', import.meta.url));
/** Tests share the machine with others: what it takes is for the command to say. */
const PATIENCE_MS = 600_000;

const checkOf = (name: string, short: boolean, run: DeployCheck['run'], onlyWhenNamed = false): DeployCheck => ({
  name,
  short,
  onlyWhenNamed,
  run,
});
const nothing = async (): Promise<CheckOutcome> => ({ figures: [] });

test('checks are chosen by name, by the short form, and without those that run only when named', () => {
  const checks = [
    checkOf('quick', true, nothing),
    checkOf('slow', false, nothing),
    checkOf('long', false, nothing, true),
  ];
  const names = (choice: Parameters<typeof chooseChecks>[1]) => chooseChecks(checks, choice).map(({ name }) => name);
  expect(names({ only: undefined, short: false })).toEqual(['quick', 'slow']);
  expect(names({ only: undefined, short: true })).toEqual(['quick']);
  expect(names({ only: ['long'], short: false })).toEqual(['long']);
  expect(() => names({ only: ['other'], short: false })).toThrow(UsageError);
});

test('a check that throws counts as missed, others go on, and what could not run is missed where that is asked for', async () => {
  const log = jest.spyOn(console, 'log').mockImplementation(() => undefined);
  const error = jest.spyOn(console, 'error').mockImplementation(() => undefined);
  let folder = '';
  const checks = [
    checkOf('broken', true, () => Promise.reject(new Error('boom'))),
    checkOf('partly', true, async (context) => {
      folder = context.folder;
      expect(existsSync(folder)).toBe(true);
      return { figures: [figure('partly: done', 'of 1', 1, [1], { atLeast: 1 })], notRun: ['no tool'] };
    }),
  ];
  const lenient = await runChecks(checks, { short: true, strict: false });
  expect(lenient.map(({ name, ok }) => [name, ok])).toEqual([
    ['broken: ran to its end', false],
    ['partly: done', true],
    ['partly: not run', null],
  ]);
  expect(existsSync(folder)).toBe(false);
  expect(log.mock.calls.flat()).toEqual([expect.stringContaining('broken: Error: boom'), 'not run: partly: no tool']);
  const strict = await runChecks(checks, { short: true, strict: true });
  expect(strict.at(-1)).toMatchObject({ name: 'partly: not run', ok: false });
  log.mockRestore();
  error.mockRestore();
});

test('findings are wrong as soon as there is one', () => {
  expect(findingsFigure('all', [], 3)).toMatchObject({ name: 'all, of 3', value: 0, ok: true });
  expect(findingsFigure('all', ['one'], 3)).toMatchObject({ value: 1, ok: false });
});

test(
  'what is there to run DocuSnap elsewhere is without fault (the short form of check:deploy)',
  async () => {
    const ended = await new Promise<{ code: unknown; out: string; said: string }>((resolve) => {
      execFile(process.execPath, [COMMAND, '--short'], { maxBuffer: 64 * 1024 * 1024 }, (error, out, said) =>
        resolve({ code: error ? error.code : 0, out, said }),
      );
    });
    for (const line of ended.out.split('\n').filter((one) => one.startsWith('not run: ')))
      process.stderr.write(`${line}\n`);
    // What it found is told only where something is wrong.
    expect(ended.code === 0 ? '' : ended.out).toBe('');
    for (const { name } of CHECKS.filter(({ short }) => short)) expect(ended.said).toContain(`  ${name}\n`);
  },
  PATIENCE_MS,
);
