import { closeDatabase, type Database, openDatabase } from '@docusnap/db';
import type { Lifecycle, Logger } from '@docusnap/runtime';
import { openAuditTrail } from './audit/trail.ts';
import type { GatewayConfig } from './config.ts';
import { identityConfigOf } from './identity/identity-config.ts';
import { openSigningKeys } from './identity/signing-keys.ts';
import { openTokens } from './identity/tokens.ts';
import { openRequestLimits } from './keys/request-limits.ts';
import type { Ports } from './ports.ts';
import { startUpkeep } from './tenants/upkeep.ts';

/** For operators, the audit log and the upkeep together: none of them is often at it. */
const CONNECTIONS = 3;

/** What decides who may do what, and takes it down; closed when the process stops, after the requests. Throws ConfigError. */
export function openAccess(
  { db, lifecycle, log }: { readonly db: Database; readonly lifecycle: Lifecycle; readonly log: Logger },
  config: GatewayConfig,
): Pick<Ports, 'operatorDb' | 'tokens' | 'requestLimits' | 'audit'> {
  const onError = (err: unknown): void => log.warn({ err }, 'a connection in the background failed');
  const provider = identityConfigOf(config);
  const operatorDb = openDatabase(config.DATABASE_WORKER_URL, {
    applicationName: 'docusnap-gateway-operator',
    poolSize: CONNECTIONS,
    onError,
  });
  lifecycle.onStop('operator database', () => closeDatabase(operatorDb));
  const audit = openAuditTrail({ db: operatorDb, log });
  lifecycle.onStop('audit log', () => audit.close());
  const upkeep = startUpkeep({ db: operatorDb, log });
  lifecycle.onStop('upkeep', () => upkeep.stop());
  const keysFailed = (err: unknown): void =>
    log.warn({ err }, 'the keys of the identity provider could not be fetched');
  const tokens =
    provider === null
      ? undefined
      : openTokens(db, openSigningKeys(provider.keysUrl, { onError: keysFailed }), provider.identity);
  return { operatorDb, tokens, requestLimits: openRequestLimits(db), audit };
}
