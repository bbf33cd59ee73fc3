import { type Api, ReadError, type ReadFile, readFile } from './api.ts';

/** So many files are under way at once: enough to keep every reader of a machine busy. */
const AT_ONCE = 8;

export interface Output {
  /** Where the text goes, and nothing else. */
  readonly text: (chunk: string) => void;
  /** Where the reasons go. */
  readonly reason: (line: string) => void;
}

/**
 * Reads files and prints their text in the order they were named, each as soon as those before it are printed; several get a line
 * with their name above. Gives how many failed, wholly or in part.
 */
export async function readFiles(
  api: Api,
  paths: readonly string[],
  output: Output,
  signal: AbortSignal,
): Promise<number> {
  const results = limited(paths, AT_ONCE, (path) => settle(readFile(api, path, signal)));
  let failed = 0;
  for (const [index, path] of paths.entries()) {
    const result = await results[index]!;
    const failures = result instanceof ReadError ? [result.message] : result.failures;
    if (!(result instanceof ReadError)) print(paths.length > 1 ? `==> ${path} <==\n` : '', result.text, output);
    for (const failure of failures) output.reason(`${path}: ${failure}`);
    if (failures.length > 0) failed += 1;
  }
  return failed;
}

function print(header: string, text: string, output: Output): void {
  output.text(`${header}${text}${text === '' || text.endsWith('\n') ? '' : '\n'}`);
}

async function settle(reading: Promise<ReadFile>): Promise<ReadFile | ReadError> {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof ReadError) return error;
    throw error;
  }
}

/** Runs `act` on all items, at most `limit` at once; one promise an item, in their order. */
function limited<Item, Result>(
  items: readonly Item[],
  limit: number,
  act: (item: Item) => Promise<Result>,
): readonly Promise<Result>[] {
  const results: Promise<Result>[] = [];
  for (const [index, item] of items.entries()) {
    // An item starts when the one `limit` places before it has ended, whichever way.
    const before = index < limit ? Promise.resolve() : results[index - limit]!.then(noResult, noResult);
    const result = before.then(() => act(item));
    result.catch(noResult); // The caller awaits them one after the other; until then a failure is not unhandled.
    results.push(result);
  }
  return results;
}

function noResult(): void {}
