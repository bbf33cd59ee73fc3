import type { FromReader, KnownPage, Recall, Recalled } from './messages.ts';

/** Questions to the main process in the midst of a request. */
export interface Recalls {
  /** What asks for the request of this number. */
  during(id: number): Recall;
  /** The main process has answered. */
  answer(message: Recalled): void;
}

export function openRecalls(tell: (message: FromReader) => void): Recalls {
  const asked = new Map<number, (page: KnownPage | null) => void>();
  return {
    during: (id) => (fingerprint) =>
      new Promise((resolve) => {
        asked.set(id, resolve);
        tell({ kind: 'recall', id, fingerprint });
      }),
    answer({ id, page }) {
      asked.get(id)?.(page);
      asked.delete(id);
    },
  };
}
