import { AppError } from '@docusnap/contracts';
import type { FetchOptions } from '../fetch-file.ts';
import type { Registry } from '../registry.ts';
import { listSets } from './list.ts';
import { pullSets } from './pull.ts';
import { verifyFiles } from './verify.ts';

/** What the commands work with. */
export interface Bench extends FetchOptions {
  readonly registry: Registry;
  readonly folder: string;
  readonly print: (line: string) => void;
  /** For what went wrong. */
  readonly complain: (line: string) => void;
}

const USAGE = `Usage: npm run models -- COMMAND
  list          the sets of models in the catalogue, and which are installed
  pull NAME...  downloads sets of models
  verify        compares every installed file with the catalogue`;

/** As a shell has it for a command that Ctrl-C ended. */
const INTERRUPTED = 130;

/** Runs one command; gives the exit code: 0 when all is well. */
export async function runCommand(args: readonly string[], bench: Bench): Promise<number> {
  const [command, ...names] = args;
  if (command === '--help') {
    bench.print(USAGE);
    return 0;
  }
  try {
    if (command === 'list' && names.length === 0) return await listSets(bench);
    if (command === 'verify' && names.length === 0) return await verifyFiles(bench);
    if (command === 'pull' && names.length > 0) return await pullSets(bench, names);
  } catch (error) {
    if (bench.signal?.aborted) return INTERRUPTED;
    if (!(error instanceof AppError)) throw error;
    bench.complain(`${error.code}: ${error.message}`);
    return 1;
  }
  bench.complain(USAGE);
  return 1;
}
