import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { type ParseArgsOptionsConfig, parseArgs } from 'node:util';
import { StartError } from '../start-error.ts';

/** Fewer characters are tried out, however long each try takes. */
const LEAST_PASSPHRASE = 12;

export interface Asked {
  readonly folder: string;
  /** Null where none is named. */
  readonly passphrase: string | null;
  readonly values: Readonly<Record<string, unknown>>;
}

/** Reads one folder, `--passphrase-file` and the command's own options; null when only the usage was asked for, which is printed. */
export function readArguments(args: readonly string[], usage: string, options: ParseArgsOptionsConfig): Asked | null {
  if (args.includes('--help')) {
    process.stdout.write(`${usage}\n`);
    return null;
  }
  const { values, positionals } = parse(args, usage, options);
  const [folder, ...more] = positionals;
  if (folder === undefined || more.length > 0) throw new StartError(usage);
  const file = values['passphrase-file'];
  return { folder, passphrase: typeof file === 'string' ? readPassphrase(file) : null, values };
}

function parse(args: readonly string[], usage: string, options: ParseArgsOptionsConfig) {
  try {
    const all = { ...options, 'passphrase-file': { type: 'string' } } as const;
    return parseArgs({ args: [...args], allowPositionals: true, options: all });
  } catch (error) {
    throw new StartError(`${error instanceof Error ? error.message : String(error)}\n${usage}`, { cause: error });
  }
}

function readPassphrase(path: string): string {
  let text: string;
  try {
    text = readFileSync(resolve(process.env.INIT_CWD ?? process.cwd(), path), 'utf8').trim();
  } catch (error) {
    throw new StartError(`The passphrase cannot be read: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
  if (text.length < LEAST_PASSPHRASE) {
    throw new StartError(`The passphrase in ${path} has fewer than ${LEAST_PASSPHRASE} characters.`);
  }
  return text;
}
