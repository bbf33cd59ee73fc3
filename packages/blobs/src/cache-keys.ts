import { createHmac } from 'node:crypto';
import type { MasterKeys } from './master-keys.ts';
import { deriveKey } from './sealing.ts';

/**
 * What a page that was read is found by later: an HMAC-SHA256 of its fingerprint under a key of the tenant's own. So equal pages of two
 * tenants have nothing in common, and who sees the rows cannot find out whether a picture that he has was ever read. Once master keys
 * were rotated, pages that were read before are not found any more.
 */
export function pageCacheKey(masterKeys: MasterKeys, tenantId: string, fingerprint: Uint8Array): Buffer {
  const master = masterKeys.byId.get(masterKeys.currentId)!;
  return createHmac('sha256', deriveKey(master, Buffer.from(tenantId), 'docusnap/cache/1'))
    .update(fingerprint)
    .digest();
}
