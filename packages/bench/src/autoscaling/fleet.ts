/** Pods that read pages, second by second: those that start, those that read, and those that leave once the page in hand is read. */

export interface FleetOptions {
  readonly readersPerPod: number;
  /** Seconds a page keeps a reader, of so many pages read. */
  readonly pageSeconds: (page: number) => number;
  /** Seconds from the wish for a pod to its being ready. */
  readonly startSeconds: number;
}

interface Pod {
  readonly readyAt: number;
  /** When each reader is free. */
  readonly freeAt: number[];
}

/** Pages that wait, by when they came; first come, first read. */
export interface Waiting {
  /** When the first came; undefined where none waits. */
  first(): number | undefined;
  take(): void;
}

export interface Fleet {
  /** Sets how many pods there are to be; those that start are the first to go, then those that have least to do. */
  resize(now: number, pods: number): void;
  /** Reads what waits during the second that begins now; gives the waiting time of each page that was begun. */
  work(now: number, waiting: Waiting): number[];
  ready(now: number): number;
  starting(now: number): number;
  /** Pages in hand. */
  inHand(now: number): number;
  /** Seconds of readers' work since the last call, and seconds that readers of ready pods were there. */
  takeBusy(): { readonly busy: number; readonly there: number };
  /** Seconds of pods, from the wish for each to its end. */
  podSeconds(): number;
}

export function openFleet({ readersPerPod, pageSeconds, startSeconds }: FleetOptions): Fleet {
  let pods: Pod[] = [];
  let podSeconds = 0;
  let begun = 0;
  let busy = 0;
  let there = 0;
  const isReady = (pod: Pod, now: number) => pod.readyAt <= now;
  const left = (pod: Pod, now: number) => pod.freeAt.reduce((sum, at) => sum + Math.max(0, at - now), 0);

  return {
    resize(now, wanted) {
      const missing = Array.from({ length: Math.max(0, wanted - pods.length) }, (): Pod => {
        const readyAt = now + startSeconds;
        return { readyAt, freeAt: Array.from({ length: readersPerPod }, () => readyAt) };
      });
      const kept = [...pods].sort(
        (a, b) => Number(isReady(b, now)) - Number(isReady(a, now)) || left(b, now) - left(a, now),
      );
      // A page in hand is read to its end, which costs the pod until then.
      for (const gone of kept.slice(wanted))
        podSeconds += isReady(gone, now) ? Math.max(0, ...gone.freeAt.map((at) => at - now)) : 0;
      pods = [...kept.slice(0, wanted), ...missing];
    },
    work(now, waiting) {
      const until = now + 1;
      podSeconds += pods.length;
      const ready = pods.filter((pod) => pod.readyAt < until);
      there += ready.length * readersPerPod;
      const waits: number[] = [];
      for (let came = waiting.first(); came !== undefined; came = waiting.first()) {
        const next = nextFree(ready);
        const from = next && Math.max(next.pod.freeAt[next.reader]!, came, now);
        if (next === undefined || from === undefined || from >= until) break;
        waiting.take();
        waits.push(from - came);
        const seconds = pageSeconds(begun);
        begun += 1;
        busy += seconds;
        next.pod.freeAt[next.reader] = from + seconds;
      }
      return waits;
    },
    ready: (now) => pods.filter((pod) => isReady(pod, now)).length,
    starting: (now) => pods.filter((pod) => !isReady(pod, now)).length,
    inHand: (now) =>
      pods
        .filter((pod) => isReady(pod, now))
        .reduce((sum, { freeAt }) => sum + freeAt.filter((at) => at > now).length, 0),
    takeBusy() {
      const taken = { busy: Math.min(busy, there), there };
      // What was begun and is not over yet is worked on in the next window.
      busy -= taken.busy;
      there = 0;
      return taken;
    },
    podSeconds: () => podSeconds,
  };
}

function nextFree(pods: readonly Pod[]): { pod: Pod; reader: number } | undefined {
  let found: { pod: Pod; reader: number } | undefined;
  for (const pod of pods) {
    for (const [reader, at] of pod.freeAt.entries()) {
      if (found === undefined || at < found.pod.freeAt[found.reader]!) found = { pod, reader };
    }
  }
  return found;
}
