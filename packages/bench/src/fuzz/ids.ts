/** Ids of each kind that are remembered; the oldest go first. */
const MOST = 40;
/** Methods after which what they were asked of is still there. */
const READING = new Set(['GET', 'HEAD', 'OPTIONS', 'POST']);

/** What there is to ask about: ids by the collection that they are in, as answers name them. */
export interface Ids {
  /** Remembers what an answer to a request shows. */
  learn(method: string, path: string, body: unknown): void;
  /** The id that stands for a part of the path `/v1/jobs/{id}`, by the part before it. */
  live(collection: string, index: number, method: string): string;
  /** Remembers an id that is asked about as often as all others together, and never by a method that may end it. */
  keep(collection: string, id: string): void;
}

/** @param kept ids that nothing may be done with, since everything depends on them */
export function openIds(kept: ReadonlySet<string>): Ids {
  const pools = new Map<string, string[]>();
  const lasting = new Map<string, string[]>();
  const remember = (collection: string, id: unknown): void => {
    if (typeof id !== 'string' || kept.has(id) || lasting.get(collection)?.includes(id)) return;
    const pool = pools.get(collection) ?? [];
    if (pool.includes(id)) return;
    pool.push(id);
    if (pool.length > MOST) pool.shift();
    pools.set(collection, pool);
  };
  return {
    learn(method, path, body) {
      const segments = path.split('/');
      const collection = segments[2] ?? '';
      if (method === 'DELETE') {
        const pool = pools.get(collection) ?? [];
        pools.set(
          collection,
          pool.filter((id) => id !== segments[3]),
        );
        if (segments.length === 4) remember('erasures', segments[3]);
        return;
      }
      if (typeof body !== 'object' || body === null) return;
      if (segments.length === 3 && 'id' in body) remember(collection, body.id);
      for (const [name, list] of Object.entries(body)) {
        if (!Array.isArray(list)) continue;
        for (const one of list.slice(0, 5))
          if (typeof one === 'object' && one !== null && 'id' in one) remember(name, one.id);
      }
    },
    keep(collection, id) {
      lasting.set(collection, [...(lasting.get(collection) ?? []), id]);
    },
    live(collection, index, method) {
      const kept = lasting.get(collection) ?? [];
      if (index % 2 === 0 && READING.has(method) && kept.length > 0) return kept[(index >> 1) % kept.length]!;
      const pool = pools.get(collection) ?? [];
      // Numbers of pages and tables begin with 1.
      if (collection === 'pages' || collection === 'tables') return String(1 + (index % 2));
      return pool[index % Math.max(1, pool.length)] ?? '00000000-0000-4000-8000-000000000000';
    },
  };
}
