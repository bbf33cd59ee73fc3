import { parse } from 'content-disposition';

/** What a file that was fetched is called: by its host, else by the last part of its path; undefined where neither says. */
export function fetchedName(url: URL, disposition: string | undefined): string | undefined {
  return lastPart(nameIn(disposition)) ?? lastPart(decoded(url.pathname));
}

function nameIn(disposition: string | undefined): string | undefined {
  try {
    return disposition === undefined ? undefined : parse(disposition).parameters.filename;
  } catch {
    // A header that is not well-formed names nothing.
    return undefined;
  }
}

function lastPart(path: string | undefined): string | undefined {
  return path?.split(/[/\\]/).at(-1)?.trim() || undefined;
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
