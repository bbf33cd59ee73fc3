import { signal } from '@preact/signals';

/** Where in the console one is: the part of the address after `#`, "/read/ID?page=3". */
export interface Place {
  readonly parts: readonly string[];
  readonly query: URLSearchParams;
}

export function parsePlace(hash: string): Place {
  const [path = '', query = ''] = hash.replace(/^#/, '').split('?', 2);
  return { parts: path.split('/').filter(Boolean).map(decode), query: new URLSearchParams(query) };
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** The address of a place, for `href`. */
export function hrefOf(parts: readonly string[], query: Readonly<Record<string, string | undefined>> = {}): string {
  const asked = Object.entries(query).filter((entry): entry is [string, string] => entry[1] !== undefined);
  const search = new URLSearchParams(asked).toString();
  return `#/${parts.map(encodeURIComponent).join('/')}${search && `?${search}`}`;
}

export const place = signal<Place>(parsePlace(globalThis.location?.hash ?? ''));

/** Follows the address; returns what stops that. */
export function followAddress(): () => void {
  const moved = () => {
    place.value = parsePlace(location.hash);
  };
  addEventListener('hashchange', moved);
  return () => removeEventListener('hashchange', moved);
}

export function go(href: string, { replace = false } = {}): void {
  if (replace) {
    history.replaceState(null, '', href);
    place.value = parsePlace(href);
  } else {
    location.hash = href.replace(/^#/, '');
  }
}
