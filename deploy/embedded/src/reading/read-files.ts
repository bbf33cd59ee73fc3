import { type Api, openFile, ReadError, readFile } from './api.ts';

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

/** Whether any of the files can be opened. If not, says of each why: a mistyped name should not have to wait for a system to start. */
export async function canOpenAny(paths: readonly string[], { reason }: Output): Promise<boolean> {
  const opened = await Promise.all(paths.map((path) => settle(openFile(path))));
  if (!opened.every((one) => one instanceof ReadError)) return true;
  for (const [index, { message }] of opened.entries()) reason(`${paths[index]}: ${message}`);
  return false;
}

function print(header: string, text: string, output: Output): void {
  output.text(`${header}${text}${text === '' || text.endsWith('\n') ? '' : '\n'}`);
}

async function settle<Result>(result: Promise<Result>): Promise<Result | ReadError> {
  try {
    return await result;
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
