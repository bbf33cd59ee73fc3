import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { stringify } from 'yaml';
import type { Expression } from './expressions.ts';

const run = promisify(execFile);

/** Whether a program is to be had. */
export async function has(program: string, ...args: readonly string[]): Promise<boolean> {
  return run(program, [...args]).then(
    () => true,
    (error: NodeJS.ErrnoException) => error.code !== 'ENOENT',
  );
}

/** Runs a program that judges files; what it says where it does not agree, on one line. */
export async function complaintsOf(program: string, args: readonly string[], folder: string): Promise<string[]> {
  try {
    await run(program, [...args], { cwd: folder });
    return [];
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
    const said = `${stdout}${stderr}`.trim().replaceAll(/\s*\n\s*/g, ' | ');
    return [`${program} ${args.join(' ')}: ${said === '' ? String(error) : said}`];
  }
}

/** Expressions that promtool cannot read: each is made a rule, since that is what it reads. */
export async function unreadable(expressions: readonly Expression[], folder: string): Promise<string[]> {
  const file = join(folder, 'expressions.yml');
  const rules = expressions.map(({ text }, index) => ({ record: `expression:${index}`, expr: text }));
  await writeFile(file, stringify({ groups: [{ name: 'expressions', rules }] }));
  const complaints = await complaintsOf('promtool', ['check', 'rules', '--lint=none', file], folder);
  // It says the number of the rule, from 1.
  return complaints.flatMap((said) => {
    const named = [...said.matchAll(/rule (\d+)/g)].map(([, number]) => expressions[Number(number) - 1]?.where);
    return [`${named.join(', ')}: ${said}`];
  });
}
