import { AppError, type ErrorCode } from '@docusnap/contracts';
import { DEFAULT_PORTS, type FetchPolicy, mayAsk, type Target } from './policy.ts';

/** An address that may be asked for, as far as can be told without resolving its host. */
export interface AskedUrl {
  readonly url: URL;
  readonly target: Target;
}

/**
 * An address as it may be asked for. Only port 443 unless the operator opened others, so that nobody learns from here which other ports of a
 * host answer. The fragment is not sent, and credentials would lie in logs on the way. Throws `refusal`.
 *
 * @param options.base the address that this one, of a redirect, may be relative to
 * @param options.refusal `url_refused` unless told
 */
export function askedUrl(
  policy: FetchPolicy,
  text: string,
  { base, refusal = 'url_refused' }: { base?: URL; refusal?: ErrorCode } = {},
): AskedUrl {
  const url = URL.canParse(text, base) ? new URL(text, base) : undefined;
  const scheme = url?.protocol;
  if (!url || (scheme !== 'https:' && scheme !== 'http:') || url.username !== '' || url.password !== '') {
    throw new AppError(refusal);
  }
  const port = url.port === '' ? DEFAULT_PORTS[scheme] : Number(url.port);
  const name = url.hostname.replace(/^\[(.*)\]$/, '$1');
  const target: Target = { scheme, port, name, host: name.replace(/\.$/, '') };
  if (!mayAsk(policy, target)) throw new AppError(refusal);
  return { url, target };
}
