/**
 * Does the work for each item, at most `most` at the same time, and gives the results in the order of the items. After a failure no further item
 * is begun; it is thrown once those in hand have ended, so that nothing goes on behind the caller's back.
 */
export async function mapInFlight<Item, Result>(
  items: readonly Item[],
  most: number,
  work: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results = new Array<Result>(items.length);
  const failures: unknown[] = [];
  const rest = items.entries();
  const lane = async () => {
    for (const [index, item] of rest) {
      try {
        results[index] = await work(item);
      } catch (error) {
        failures.push(error);
      }
      if (failures.length > 0) return;
    }
  };
  await Promise.all(Array.from({ length: Math.max(1, Math.min(most, items.length)) }, lane));
  if (failures.length > 0) throw failures[0];
  return results;
}
