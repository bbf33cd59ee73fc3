import type { RefObject } from 'preact';
import { useEffect } from 'preact/hooks';
import { ownFrame } from './own-frame.ts';

/** How far beyond the window something counts as near, in heights of the window: so much is loaded before it is reached. */
const AHEAD = '120%';
/** Milliseconds that something has to stay near: what flies by is not loaded. */
const STAY_MS = 120;
/** Milliseconds after which it is let go: a window that is made larger and smaller again finds it as it was. */
const LEAVE_MS = 800;

/** Calls `onNear` when an element comes near the window and stays, and `onFar` when it has left again. */
export function useNear(element: RefObject<Element | null>, onNear: () => void, onFar: () => void): void {
  useEffect(() => {
    const seen = element.current;
    if (!seen) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let turn = 0;
    const come = async (mine: number) => {
      await ownFrame();
      // It may have left meanwhile.
      if (mine === turn) onNear();
    };
    const watch = new IntersectionObserver(
      (entries) => {
        clearTimeout(timer);
        turn += 1;
        if (entries.at(-1)?.isIntersecting) timer = setTimeout(come, STAY_MS, turn);
        else timer = setTimeout(onFar, LEAVE_MS);
      },
      { rootMargin: AHEAD },
    );
    watch.observe(seen);
    return () => {
      clearTimeout(timer);
      turn += 1;
      watch.disconnect();
    };
  }, []);
}
