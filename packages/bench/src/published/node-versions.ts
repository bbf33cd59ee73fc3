import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runProgram } from './run-program.ts';

/** Those that packages/client says it runs in. */
export const NODE_MAJORS = [20, 22, 24] as const;

const TOOLS = fileURLToPath(new URL('../../../../.docusnap/tools/', import.meta.url));

export interface Node {
  readonly major: number;
  readonly program: string;
}

/** A Node.js of that version: of this machine, else from npm, kept for the next time. */
export async function findNode(major: number): Promise<Node | { readonly why: string }> {
  const folder = join(TOOLS, `node-${major}`);
  const installed = join(folder, 'node_modules', '.bin', 'node');
  for (const program of [process.execPath, ...inPath(), installed]) {
    if ((await majorOf(program)) === major) return { major, program };
  }
  try {
    await mkdir(folder, { recursive: true });
    const args = ['install', '--prefix', folder, '--no-save', '--no-audit', '--no-fund', `node@${major}`];
    await runProgram('npm', args, { folder, environment: process.env });
  } catch (error) {
    return { why: `npm could not install it: ${error instanceof Error ? error.message.slice(-300) : error}` };
  }
  return (await majorOf(installed)) === major ? { major, program: installed } : { why: 'npm installed another one' };
}

function inPath(): string[] {
  return (process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, 'node'));
}

async function majorOf(program: string): Promise<number | null> {
  if (!existsSync(program)) return null;
  const { stdout } = await runProgram(program, ['--version'], { folder: dirname(program), environment: process.env });
  return Number(/^v(\d+)/.exec(stdout)?.[1]);
}

/** The environment of programs that are to run with it, without anything of this repository. */
export function environmentOf({ program }: Node): Record<string, string | undefined> {
  const { NODE_OPTIONS: _options, NODE_PATH: _path, ...rest } = process.env;
  const own = Object.entries(rest).filter(([name]) => !/^(npm_|DOCUSNAP_)/.test(name));
  return { ...Object.fromEntries(own), PATH: `${dirname(program)}${delimiter}${process.env.PATH}` };
}
