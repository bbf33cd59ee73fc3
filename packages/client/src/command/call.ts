import type { DocuSnap } from '../docusnap.ts';
import type { Given } from './commands.ts';
import { UsageError } from './exit-codes.ts';
import type { Paint, Surroundings } from './screen.ts';

/** A command as it was called. */
export interface Call extends Surroundings {
  /** What was named beside the options. */
  readonly args: readonly string[];
  readonly given: Given;
  /** DocuSnap, as options, environment or file name it. Throws ConfigurationError. */
  readonly connect: () => { readonly docusnap: DocuSnap; readonly url: string };
  /** For the output. */
  readonly paint: Paint;
}

/** The text of an option; undefined where it was not given. */
export function textOf({ given }: Pick<Call, 'given'>, name: string): string | undefined {
  const value = given[name];
  return typeof value === 'string' ? value : undefined;
}

/** A whole number from 1 on. Throws UsageError. */
export function countOf(call: Pick<Call, 'given'>, name: string, usual: number, most: number): number {
  const text = textOf(call, name);
  if (text === undefined) return usual;
  const count = Number(text);
  if (!Number.isInteger(count) || count < 1 || count > most)
    throw new UsageError(`Expected --${name} to be a whole number from 1 to ${most}, got "${text}".`);
  return count;
}

/** One of several words. Throws UsageError. */
export function choiceOf<Choice extends string>(
  name: string,
  value: string | undefined,
  choices: readonly Choice[],
): Choice | undefined {
  if (value === undefined) return undefined;
  const found = choices.find((choice) => choice === value);
  if (found === undefined) throw new UsageError(`Expected --${name} to be ${choices.join(', ')}; got "${value}".`);
  return found;
}

/** As JSON on the output. */
export function printJson({ output }: Pick<Call, 'output'>, value: unknown): void {
  output.write(`${JSON.stringify(value, null, output.isTTY ? 2 : undefined)}\n`);
}
