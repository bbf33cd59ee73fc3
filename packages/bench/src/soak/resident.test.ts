import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from '@jest/globals';
import { findProcess, residentOf } from './resident.ts';

if (process.platform === 'linux') {
  test('memory is that of a process and of all below it', async () => {
    const script = `
      const { spawn } = require('node:child_process');
      spawn(process.execPath, ['-e', 'process.stdin.resume()', 'the-child'], { stdio: ['pipe', 'inherit', 'inherit'] });
      process.stdout.write('started');
      process.stdin.resume();
      process.stdin.on('end', () => process.exit());`;
    const parent = spawn(process.execPath, ['-e', script], { stdio: ['pipe', 'pipe', 'inherit'] });
    try {
      await once(parent.stdout, 'data');
      const both = residentOf(parent.pid!);
      expect(both.processes).toBe(2);
      expect(both.peak).toBeGreaterThanOrEqual(both.rss);
      const child = residentOf(findProcess(process.pid, 'the-child'));
      expect(child.processes).toBe(1);
      expect(both.rss).toBeGreaterThan(child.rss);
      expect(() => findProcess(process.pid, 'no-such-script')).toThrow('found none');
    } finally {
      const ended = once(parent, 'exit');
      parent.stdin.end();
      await ended;
    }
  });
} else {
  process.stderr.write('not run: memory is read from /proc, which only Linux has\n');
}
