/** What a list gives: the items one after another, over as many answers as it takes; or one answer at a time. */
export interface Listing<Item> extends AsyncIterable<Item> {
  /** One answer: at most `limit` items, and where to go on; null on the last. */
  page(cursor?: string): Promise<{ readonly items: readonly Item[]; readonly nextCursor: string | null }>;
}

export function listing<Item>(page: Listing<Item>['page']): Listing<Item> {
  return {
    page,
    async *[Symbol.asyncIterator]() {
      let cursor: string | null | undefined;
      do {
        const part: Awaited<ReturnType<typeof page>> = await page(cursor ?? undefined);
        yield* part.items;
        cursor = part.nextCursor;
      } while (cursor !== null);
    },
  };
}
