/**
 * Does the work for each item, at most `most` at the same time, and gives the results in the order of the items. Work is told its lane, 0 to below
 * `most`: in a lane there is one piece of work at a time. After a failure no further item is begun; it is thrown once those in hand have ended, so that nothing goes on behind the caller's back.
 */
export async function mapInFlight<Item, Result>(
  items: readonly Item[],
  most: number,
  work: (item: Item, lane: number) => Promise<Result>,
): Promise<Result[]> {
  const results = new Array<Result>(items.length);
  const failures: unknown[] = [];
  const rest = items.entries();
  const run = async (lane: number) => {
    for (const [index, item] of rest) {
      try {
        results[index] = await work(item, lane);
      } catch (error) {
        failures.push(error);
      }
      if (failures.length > 0) return;
    }
  };
  await Promise.all(Array.from({ length: Math.max(1, Math.min(most, items.length)) }, (_, lane) => run(lane)));
  if (failures.length > 0) throw failures[0];
  return results;
}
