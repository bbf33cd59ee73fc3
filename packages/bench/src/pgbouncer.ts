import { spawn } from 'node:child_process';
import { readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { POOLER_VARIABLE, whyAbsent } from '@docusnap/testing';
import { type Figure, figure, report } from './report.ts';
import { runCommand } from './usage.ts';

/**
 * The suites of db, queue and gateway with pgBouncer in transaction mode before PostgreSQL, as the roles of api and worker reach it in an installation:
 * everything but notifications and the queue, which need PostgreSQL itself (DATABASE_DIRECT_URL).
 */

const USAGE = 'npm run test:pgbouncer -- [PATH...] [--json FILE]';
const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const SUITES = ['packages/db/', 'packages/queue/', 'services/gateway/'];

interface JestReport {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly testResults: readonly { readonly name: string; readonly status: string }[];
}

async function runSuites(paths: readonly string[]): Promise<JestReport> {
  const file = join(tmpdir(), `docusnap-pgbouncer-${process.pid}.json`);
  const jest = join(ROOT, 'node_modules/jest/bin/jest.js');
  const child = spawn(process.execPath, [jest, '--json', `--outputFile=${file}`, '-w', '2', ...paths], {
    cwd: ROOT,
    env: { ...process.env, NODE_OPTIONS: '--experimental-vm-modules', [POOLER_VARIABLE]: 'on' },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  await new Promise<void>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', () => resolve());
  });
  try {
    return JSON.parse(await readFile(file, 'utf8')) as JestReport;
  } finally {
    await rm(file, { force: true });
  }
}

async function main(): Promise<0 | 1> {
  const { values, positionals } = parseArgs({ options: { json: { type: 'string' } }, allowPositionals: true });
  const why = whyAbsent('pgbouncer');
  if (why !== null) {
    console.log(`not run: ${why.replace('tools test', 'tools deploy')}`);
    return process.env.CI === 'true' ? 1 : 0;
  }
  const found = await runSuites(positionals.length > 0 ? positionals : SUITES);
  const { numPassedTests: passed, numFailedTests: failed, numPendingTests: skipped } = found;
  const figures: Figure[] = [
    figure('through pgBouncer: tests that passed', 'tests', passed, [passed], { atLeast: 1 }),
    figure('through pgBouncer: tests that failed', 'tests', failed, [failed], { atMost: 0 }),
    figure('through pgBouncer: tests not run', 'tests', skipped, [skipped]),
  ];
  const broken = found.testResults.filter(({ status }) => status === 'failed');
  for (const { name } of broken) console.log(`failed: ${name.slice(ROOT.length)}`);
  return report(figures, values.json);
}

process.exitCode = await runCommand(USAGE, main);
