import { type Database, ensureV1Tenant } from '@docusnap/db';
import { ConfigError } from '@docusnap/runtime';
import type { GatewayConfig } from '../config.ts';
import { type DocuSnapV1, openDocuSnapV1 } from './docusnap-v1.ts';
import { V1_LIMITS } from './limits.ts';

type V1Config = Pick<
  GatewayConfig,
  'DOCUSNAP_V1' | 'DOCUSNAP_V1_KEYS' | 'DOCUSNAP_V1_TASKS' | 'DOCUSNAP_V1_LIMIT_BY_ADDRESS'
>;

/** The v1 protocol as it is configured, with its tenant made; undefined where it is off. `workerDb` is as docusnap_worker. */
export async function startDocuSnapV1(workerDb: Database, config: V1Config): Promise<DocuSnapV1 | undefined> {
  if (config.DOCUSNAP_V1 === 'off') return undefined;
  const keys = config.DOCUSNAP_V1_KEYS;
  if (keys === undefined) {
    throw new ConfigError(
      'DOCUSNAP_V1 is on, so DOCUSNAP_V1_KEYS_FILE has to name a file of RSA private keys (openssl genrsa 2048).',
    );
  }
  await ensureV1Tenant(workerDb);
  return openDocuSnapV1(keys, {
    ...V1_LIMITS,
    tasks: config.DOCUSNAP_V1_TASKS,
    byAddress: config.DOCUSNAP_V1_LIMIT_BY_ADDRESS === 'on',
  });
}
