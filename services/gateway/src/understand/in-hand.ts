/** Pages of the jobs that are worked on at a time. */
export interface InHand {
  /**
   * Waits until so many fit beside the others, in order of arrival: a small job does not pass a large one, which would else never have its turn. One by
   * itself always fits. Gives what gives them back. Rejects with the reason of the signal.
   */
  take(pages: number, signal: AbortSignal): Promise<() => void>;
}

interface Waiting {
  readonly pages: number;
  readonly admit: () => void;
}

export function openInHand(mostPages: number): InHand {
  let inHand = 0;
  const waiting = new Set<Waiting>();

  function admitNext(): void {
    for (const next of waiting) {
      if (inHand > 0 && inHand + next.pages > mostPages) return;
      waiting.delete(next);
      inHand += next.pages;
      next.admit();
    }
  }

  return {
    take(pages, signal) {
      const { promise, resolve, reject } = Promise.withResolvers<() => void>();
      const giveBack = (): void => {
        inHand -= pages;
        admitNext();
      };
      const admit = (): void => {
        signal.removeEventListener('abort', giveUp);
        resolve(giveBack);
      };
      const one: Waiting = { pages, admit };
      const giveUp = (): void => {
        waiting.delete(one);
        reject(signal.reason);
        admitNext();
      };
      waiting.add(one);
      if (signal.aborted) giveUp();
      else signal.addEventListener('abort', giveUp, { once: true });
      admitNext();
      return promise;
    },
  };
}
