import { AppError } from '@docusnap/contracts';

/**
 * A file's address as it may be asked for. Only port 443, so that nobody learns from here which other ports of a host answer. The fragment
 * is not sent, and credentials would lie in logs on the way. Throws `url_refused`.
 *
 * @param base the address that this one, of a redirect, may be relative to
 */
export function httpsUrl(text: string, base?: URL): URL {
  const url = URL.canParse(text, base) ? new URL(text, base) : undefined;
  if (url?.protocol !== 'https:' || url.port !== '' || url.username !== '' || url.password !== '') {
    throw new AppError('url_refused');
  }
  return url;
}

/** The host without the brackets of an IPv6 address. */
export function hostOf(url: URL): string {
  return url.hostname.replace(/^\[(.*)\]$/, '$1');
}
