import { AppError } from '@docusnap/contracts';
import { createRemoteJWKSet, errors, type JWTVerifyGetKey } from 'jose';

/** The public keys of an identity provider. */
export interface SigningKeys {
  /** Throws what jose throws where there is no such key, `identity_unavailable` where that cannot be found out. */
  readonly keyFor: JWTVerifyGetKey;
}

export interface SigningKeysOptions {
  /**
   * Milliseconds after which the set is fetched anew behind the caller's back: a key that was taken out of it is refused from then on. After twice as long
   * it is waited for, or the first token after a night would be taken for what it was.
   */
  readonly refreshMs?: number;
  /** Milliseconds for which known keys are good while the provider cannot be reached. */
  readonly knownMs?: number;
  /** Milliseconds between two fetches for keys that the set does not have: anybody may name one. */
  readonly cooldownMs?: number;
  readonly onError: (error: unknown) => void;
}

const REFRESH_MS = 10 * 60_000;
const KNOWN_MS = 24 * 3_600_000;
const COOLDOWN_MS = 30_000;
const FETCH_MS = 5_000;

/** Fetches the set of keys at `url` when a token first needs one; a new key is found when a token names it. */
export function openSigningKeys(url: URL, options: SigningKeysOptions): SigningKeys {
  const { refreshMs = REFRESH_MS, knownMs = KNOWN_MS, cooldownMs = COOLDOWN_MS, onError } = options;
  // It never forgets by itself: then a provider that is down would lock out those whose keys are known.
  const set = createRemoteJWKSet(url, {
    timeoutDuration: FETCH_MS,
    cooldownDuration: cooldownMs,
    cacheMaxAge: Infinity,
  });
  let fetchedAt = Number.NEGATIVE_INFINITY;
  let triedAt = Number.NEGATIVE_INFINITY;
  let fetching: Promise<void> | undefined;

  async function fetchSet(): Promise<void> {
    triedAt = performance.now();
    await set.reload();
    fetchedAt = performance.now();
  }

  /** Only where it is in vain are known keys good for longer; who comes shortly after that is not kept waiting again. */
  function fetchBehind(): void {
    fetching ??= fetchSet()
      .catch(onError)
      .finally(() => {
        fetching = undefined;
      });
  }

  async function refresh(): Promise<void> {
    const age = performance.now() - fetchedAt;
    if (age > knownMs) await fetchSet();
    else if (age > refreshMs) {
      if (performance.now() - triedAt > cooldownMs) fetchBehind();
      if (age > 2 * refreshMs) await fetching;
    }
  }

  return {
    keyFor: async (header, token) => {
      try {
        await refresh();
        return await set(header, token);
      } catch (error) {
        if (isAboutTheToken(error)) throw error;
        onError(error);
        throw new AppError('identity_unavailable', undefined, { cause: error });
      }
    },
  };
}

/** All else is about the provider: out of reach, too slow, or no set of keys in its answer. */
function isAboutTheToken(error: unknown): boolean {
  return (
    error instanceof errors.JWKSNoMatchingKey ||
    error instanceof errors.JWKSMultipleMatchingKeys ||
    error instanceof errors.JOSENotSupported
  );
}
