import type { ChangeableKeys } from '@docusnap/blobs';
import { changeSettings, type Database } from '@docusnap/db';
import { ConfigError, type Logger } from '@docusnap/runtime';
import type { GatewayConfig } from '../config.ts';
import type { DocuSnapV1 } from '../docusnap-v1/docusnap-v1.ts';
import { openKeys } from '../open-keys.ts';
import { backlogLimitsOf } from '../pressure/open-pressure.ts';
import type { ChangeableLimits } from './limits.ts';

const DAY_SECONDS = 86_400;

/** What a changed configuration changes. */
export interface ReloadPorts {
  readonly log: Logger;
  /** As docusnap_worker. */
  readonly workerDb: Database;
  readonly masterKeys: ChangeableKeys;
  /** These two where this process serves requests. */
  readonly limits?: ChangeableLimits;
  readonly docuSnapV1?: DocuSnapV1 | undefined;
}

/**
 * Opens the keys that are new, and gives what puts all of it in force. The one thing in it that may fail comes first and changes all of the database's
 * settings or none, so that a failure leaves everything as it was.
 */
export async function prepareReload(
  ports: ReloadPorts,
  next: GatewayConfig,
  changed: readonly string[],
): Promise<() => Promise<void>> {
  const { log, workerDb, masterKeys, limits, docuSnapV1 } = ports;
  const has = (...names: readonly (keyof GatewayConfig)[]): boolean => names.some((name) => changed.includes(name));
  const newKeys = has('MASTER_KEY') ? await openKeys(next) : undefined;
  const v1Keys = next.DOCUSNAP_V1_KEYS;
  if (docuSnapV1 && v1Keys === undefined) throw new ConfigError('DOCUSNAP_V1 is on, so DOCUSNAP_V1_KEYS is needed.');
  return async () => {
    const isBacklog = has('MAX_WAITING_UNITS', 'MAX_WAITING_BYTES', 'TENANT_WAITING_UNITS', 'TENANT_WAITING_BYTES');
    await changeSettings(workerDb, {
      backlog: isBacklog ? backlogLimitsOf(next) : undefined,
      keepSeconds: has('RETENTION_DAYS') ? next.RETENTION_DAYS * DAY_SECONDS : undefined,
    });
    if (newKeys) masterKeys.change(newKeys);
    limits?.change(next);
    if (docuSnapV1 && v1Keys && has('DOCUSNAP_V1_KEYS')) docuSnapV1.changeKeys(v1Keys);
    log.level = next.LOG_LEVEL;
  };
}
