import { execFile } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from '@jest/globals';
import { temporaryFolder } from './folders.ts';

const run = promisify(execFile);
const TOOLS = join(dirname(fileURLToPath(import.meta.url)), 'tools.ts');

/** Stands in for Jest, whose own `describe` cannot be called inside a test. */
const SCRIPT = `
globalThis.describe = (name, body) => body();
globalThis.test = (name, body) => { try { body(); console.log('passed', name); } catch (error) { console.log('failed', error.message); } };
Object.assign(globalThis.test, { skip: (name) => console.log('skipped', name) });
const { describeNeeding } = await import(${JSON.stringify(TOOLS)});
describeNeeding('redis-server', 'the queue', () => console.log('ran'));
describeNeeding(null, 'anything', () => console.log('ran what needs nothing'));
`;

test('tests whose tool is absent are skipped with the reason, and fail under CI', async () => {
  const nowhere = await temporaryFolder();
  const here = await runWith({ PATH: nowhere.path });
  expect(here.stderr).toContain('not run: the queue: redis-server is not installed');
  expect(here.stdout).toMatch(/^skipped not run: redis-server is not installed .*\nran what needs nothing\n$/);
  const inCi = await runWith({ PATH: nowhere.path, CI: 'true' });
  expect(inCi.stdout).toMatch(/^failed not run: redis-server is not installed .*\nran what needs nothing\n$/);
  await nowhere.remove();
});

function runWith(env: Record<string, string>): Promise<{ stdout: string; stderr: string }> {
  return run(process.execPath, ['--input-type=module', '--eval', SCRIPT], { env });
}
