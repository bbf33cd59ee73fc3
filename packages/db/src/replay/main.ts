import { randomUUID } from 'node:crypto';
import { readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startPostgres } from '@docusnap/testing';
import type pg from 'pg';
import { closeDatabase, openDatabase } from '../connection.ts';
import { migrate } from '../migrate.ts';
import { ensureDatabase, ensureRoles, withClient } from '../roles.ts';
import { V1_TENANT_ID } from '../v1-tasks.ts';
import { record } from './record.ts';
import type { Trace } from './trace.ts';
import { walk } from './walk.ts';

/**
 * Records what this version sends to its database, for the versions after it: `recorded/NNNN.json`, by the number of its last migration. To be run
 * when a version is released.
 */
const FOLDER = join(dirname(fileURLToPath(import.meta.url)), 'recorded');
const MIGRATIONS = join(dirname(fileURLToPath(import.meta.url)), '..', '..', 'migrations');
const DATABASE = 'docusnap';
const PASSWORDS = { ownerPassword: 'owner', apiPassword: 'api', workerPassword: 'worker' };

const migration = readdirSync(MIGRATIONS)
  .toSorted()
  .at(-1)!
  .replace(/\.sql$/, '');
const server = await startPostgres();
await ensureRoles(server.superuserUrl, PASSWORDS);
await ensureDatabase(server.superuserUrl, DATABASE);
const urlOf = (user: string, password: string): string =>
  `postgres://${user}:${password}@127.0.0.1:${server.port}/${DATABASE}`;
await migrate(urlOf('docusnap_owner', 'owner'));
const tenantId = randomUUID();
await withClient(urlOf('docusnap_owner', 'owner'), (client) =>
  client.query("INSERT INTO tenants (id, name) VALUES ($1, 'a walker')", [tenantId]),
);
// Handles are told apart by their values.
await withClient(urlOf('docusnap_owner', 'owner'), (client) => client.query("SELECT setval('unit_tokens', 1000000)"));
const api = openDatabase(urlOf('docusnap_api', 'api'));
const worker = openDatabase(urlOf('docusnap_worker', 'worker'));
const steps = await record(() => walk({ api, worker, tenantId }), { tenantId, constants: [V1_TENANT_ID] });
await Promise.all([closeDatabase(api), closeDatabase(worker)]);
const functions = await withClient(server.superuserUrl.replace(/\/[^/]*$/, `/${DATABASE}`), grantedFunctions);
await server.stop();

const trace: Trace = { migration, steps };
const lines = trace.steps.map((step) => JSON.stringify(step)).join(',\n');
writeFileSync(
  join(FOLDER, `${migration.slice(0, 4)}.json`),
  `{"migration": ${JSON.stringify(trace.migration)}, "steps": [\n${lines}\n]}\n`,
);
const texts = steps.map(({ sql }) => sql).join('\n');
const missing = functions.filter((name) => !new RegExp(`\\b${name}\\(`).test(texts));
process.stdout.write(`${steps.length} statements recorded at ${migration}\n`);
process.stdout.write(`functions that no statement calls by name: ${missing.join(', ') || 'none'}\n`);

/** Those that a role of the services may call. */
async function grantedFunctions(client: pg.Client): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(
    `SELECT DISTINCT p.proname AS name FROM pg_proc p
     WHERE p.pronamespace = 'public'::regnamespace AND p.proowner = 'docusnap_owner'::regrole AND p.prorettype <> 'trigger'::regtype
       AND (has_function_privilege('docusnap_api', p.oid, 'EXECUTE') OR has_function_privilege('docusnap_worker', p.oid, 'EXECUTE'))
     ORDER BY 1`,
  );
  return rows.map(({ name }) => name);
}
