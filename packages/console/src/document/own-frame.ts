let last: Promise<unknown> = Promise.resolve();

/**
 * Resolves in a frame that nobody else was given: so what is drawn at once is one page, however many came near, or were answered, together. In a tab
 * in the background, which has no frames, it resolves in its turn.
 */
export function ownFrame(): Promise<void> {
  const mine = last.then(
    () =>
      new Promise<void>((resolve) => {
        if (document.hidden) resolve();
        else requestAnimationFrame(() => resolve());
      }),
  );
  last = mine;
  return mine;
}
