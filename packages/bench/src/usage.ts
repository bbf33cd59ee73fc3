/** The command was called in a way it does not know. */
export class UsageError extends Error {}

/** Runs a command and gives its exit status: 2, and a sentence instead of a stack, when it was called wrongly. */
export async function runCommand(usage: string, main: () => Promise<0 | 1>): Promise<0 | 1 | 2> {
  try {
    return await main();
  } catch (error) {
    if (!(error instanceof UsageError || isParseError(error))) throw error;
    console.error(`${error.message}\n\nusage: ${usage}`);
    return 2;
  }
}

/** What node:util's parseArgs throws for arguments that are not named in its options. */
function isParseError(error: unknown): error is Error {
  return error instanceof TypeError && String((error as NodeJS.ErrnoException).code).startsWith('ERR_PARSE_ARGS');
}

/** Arguments in which a negative number after an option is its value: parseArgs would take `--turn -5` for two options. */
export function withNegatives(args: readonly string[]): string[] {
  const belongsToNext = (index: number) => /^--[a-z]+$/.test(args[index] ?? '') && /^-\d/.test(args[index + 1] ?? '');
  return args.flatMap((argument, index) => {
    if (belongsToNext(index)) return [`${argument}=${args[index + 1]}`];
    return belongsToNext(index - 1) ? [] : [argument];
  });
}

/** @throws UsageError unless the value is one of those allowed */
export function oneOf<T extends string>(option: string, value: string, allowed: readonly T[]): T {
  const found = allowed.find((one) => one === value);
  if (found === undefined) throw new UsageError(`Expected --${option} to be ${allowed.join(' or ')}, got ${value}`);
  return found;
}

/** @throws UsageError unless the value is a whole number of at least 1 */
export function wholeNumber(option: string, value: string): number {
  const number = Number(value);
  if (!Number.isInteger(number) || number < 1) {
    throw new UsageError(`Expected --${option} to be a whole number above 0, got ${value}`);
  }
  return number;
}
