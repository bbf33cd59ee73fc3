import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { whyAbsent } from '@docusnap/testing';
import { expectText, newProject, type Place } from './project.ts';
import type { Trials } from './trials.ts';

const README = fileURLToPath(new URL('../../../client/README.md', import.meta.url));
const SCHEMA = { type: 'object', properties: { total: { type: 'number' }, date: { type: 'string', format: 'date' } } };

/** Runs the command's examples of the README as they stand there, and looks at what some of them print. */
export async function tryCommand(trials: Trials, place: Place): Promise<void> {
  const node = { major: 24, program: process.execPath };
  const project = await trials.try('command: npm install into an empty project', () =>
    newProject(node, place, 'command'),
  );
  if (!project) return;
  await writeFile(join(project.path, 'schema.json'), JSON.stringify(SCHEMA));
  const [, lines = ''] = /```sh\n([\s\S]*?)```/.exec(await readFile(README, 'utf8')) ?? [];
  for (const line of lines.trim().split('\n')) {
    const [words = ''] = line.split('#');
    const args = words.trim().split(/\s+/).slice(1);
    await trials.try(words.trim(), async () => {
      const { stdout, stderr } = await project.run(join(project.path, 'node_modules', '.bin', 'docusnap'), args);
      if (args[0] === 'doctor') expectText(stdout, 'readers');
      if (args[0] === 'extract') expectText(stdout, '"grounded"');
      if (line.includes('read before')) expectText(stderr, 'two-pages.pdf: read before');
    });
  }
  const why = whyAbsent('script');
  if (why !== null) trials.notRun('bars under a pseudo-terminal', why);
  else
    await trials.try('bars under a pseudo-terminal', async () => {
      const words = `${join(project.path, 'node_modules', '.bin', 'docusnap')} read two-pages.pdf --again --out shown`;
      const { stdout } = await project.run('script', ['--quiet', '--return', '--command', words, '/dev/null']);
      expectText(stdout, '\x1b[32m2 pages read\x1b[0m');
      expectText(stdout, '1 file read, 2 pages');
    });
  await trials.try('a batch writes what it says', async () => {
    expectText(await readFile(join(project.path, 'texts', 'two-pages.md'), 'utf8'), 'second page');
    JSON.parse(await readFile(join(project.path, 'texts', 'invoice.json'), 'utf8'));
  });
}
