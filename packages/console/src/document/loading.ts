/** Runs a few tasks at a time, the one asked for last first: what somebody looks at now goes before what was scrolled past. */
export interface Queue {
  add(name: number, task: () => Promise<void>): void;
  /** Forgets a task that has not begun. */
  drop(name: number): void;
}

export function openQueue(width: number): Queue {
  const waiting = new Map<number, () => Promise<void>>();
  let running = 0;
  const next = () => {
    while (running < width && waiting.size > 0) {
      const [name, task] = [...waiting].at(-1) as [number, () => Promise<void>];
      waiting.delete(name);
      running += 1;
      void task().finally(() => {
        running -= 1;
        next();
      });
    }
  };
  return {
    add(name, task) {
      // Asked for once more it is the last one.
      waiting.delete(name);
      waiting.set(name, task);
      next();
    },
    drop(name) {
      waiting.delete(name);
    },
  };
}
