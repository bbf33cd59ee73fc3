/** What this browser remembers of a person's choices. A browser that keeps nothing is no error: the choice then lasts for the page. */
export function remembered(name: string): string | null {
  try {
    return globalThis.localStorage?.getItem(`docusnap.${name}`) ?? null;
  } catch {
    return null;
  }
}

export function remember(name: string, value: string): void {
  try {
    globalThis.localStorage?.setItem(`docusnap.${name}`, value);
  } catch {
    // Storage is full or switched off.
  }
}
