import type { Outcome } from './batch/work.ts';

/** Prints what comes in any order in the order the files were named, each as soon as those before it are there. */
export function printInOrder(paths: readonly string[], print: (outcome: Outcome) => void) {
  const waiting = new Map<string, Outcome>();
  let next = 0;
  return (outcome: Outcome): void => {
    waiting.set(outcome.path, outcome);
    for (let path = paths[next]; path !== undefined && waiting.has(path); path = paths[next]) {
      print(waiting.get(path)!);
      waiting.delete(path);
      next += 1;
    }
  };
}
