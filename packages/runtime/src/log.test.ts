import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';

test('the log is a JSON line an event on standard output, with causes of errors, from the level asked for', () => {
  const script = `
    import { openLog } from ${JSON.stringify(join(import.meta.dirname, 'log.ts'))};
    const log = openLog({ service: 'ocr', level: 'info' });
    log.debug('not shown');
    log.info({ jobId: 'a' }, 'page read');
    log.error({ err: new Error('outer', { cause: new Error('inner') }) }, 'failed');
    process.exit(0);`;
  const { stdout } = spawnSync(process.execPath, ['--input-type=module-typescript', '-e', script], {
    encoding: 'utf8',
  });
  const lines = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(lines).toEqual([
    expect.objectContaining({ level: 'info', service: 'ocr', msg: 'page read', jobId: 'a' }),
    expect.objectContaining({
      level: 'error',
      err: expect.objectContaining({ message: 'outer', cause: expect.objectContaining({ message: 'inner' }) }),
    }),
  ]);
  expect(lines[0]!.time).toMatch(/^\d{4}-\d\d-\d\dT.*Z$/);
});
