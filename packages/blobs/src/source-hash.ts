import { createHmac } from 'node:crypto';
import type { MasterKeys } from './master-keys.ts';
import { deriveKey } from './sealing.ts';

/**
 * What stands in rows for the address that something came from, to count by: an HMAC-SHA256 under a key of its own. The addresses there are can be
 * tried one by one, so without the key a hash would hide nothing.
 */
export function sourceHash(masterKeys: MasterKeys, address: string): Buffer {
  const master = masterKeys.byId.get(masterKeys.currentId)!;
  return createHmac('sha256', deriveKey(master, Buffer.alloc(0), 'docusnap/source/1'))
    .update(address)
    .digest();
}
