import type { Call } from './call.ts';
import type { ExitCode } from './exit-codes.ts';
import { readFiles } from './read-files.ts';
import { textWork } from './reading.ts';

/** `docusnap read FILE...` */
export function read(call: Call): Promise<ExitCode> {
  return readFiles(call, textWork(call));
}
