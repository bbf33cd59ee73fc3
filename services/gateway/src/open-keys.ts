import { MasterKeyError, type MasterKeys, openMasterKeys } from '@docusnap/blobs';
import { ConfigError } from '@docusnap/runtime';
import type { GatewayConfig } from './config.ts';

/** Throws ConfigError where the key service that is to open MASTER_KEY fails. */
export async function openKeys(config: GatewayConfig): Promise<MasterKeys> {
  try {
    return await openMasterKeys(config.MASTER_KEY, config);
  } catch (error) {
    if (!(error instanceof MasterKeyError)) throw error;
    throw new ConfigError(`MASTER_KEY cannot be used: ${error.message}.`);
  }
}
