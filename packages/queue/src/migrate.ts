import { LANES } from '@docusnap/contracts';
import { runMigrations } from 'bullmq';
import pg from 'pg';
import { SCHEMA } from './postgres.ts';

/** The roles that ring and hear bells; made by the migrations of the database. */
const ROLES = ['docusnap_api', 'docusnap_worker'];

/**
 * Brings BullMQ's schema in the database up to date and grants the services its use. Takes the owner's URL; may be run at any time and by
 * several processes at once (advisory locks). The roles must exist.
 */
export async function migrateQueue(ownerUrl: string): Promise<void> {
  const client = new pg.Client({ connectionString: ownerUrl, application_name: 'docusnap-migrate-queue' });
  await client.connect();
  try {
    await runMigrations(client, SCHEMA);
    // Grants that run at once fail ("tuple concurrently updated"), and BullMQ's own lock is gone by now.
    await client.query('BEGIN');
    await client.query('SELECT pg_advisory_xact_lock(hashtext($1))', ['docusnap:migrate-queue']);
    await client.query(`SET LOCAL search_path TO ${SCHEMA}`);
    await makeSequences(client);
    await grantUse(client);
    await client.query('COMMIT');
  } finally {
    await client.end();
  }
}

/** BullMQ makes a queue's sequence on the first ring, by the ringing role, which owns nothing here and must not. */
async function makeSequences(client: pg.Client): Promise<void> {
  for (const lane of LANES) {
    const found = await client.query<{ name: string }>('SELECT job_id_seq_name($1) AS name', [lane]);
    await client.query(`CREATE SEQUENCE IF NOT EXISTS ${pg.escapeIdentifier(found.rows[0]!.name)}`);
  }
}

async function grantUse(client: pg.Client): Promise<void> {
  const roles = ROLES.join(', ');
  await client.query(`GRANT USAGE ON SCHEMA ${SCHEMA} TO ${roles}`);
  await client.query(`GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA ${SCHEMA} TO ${roles}`);
  await client.query(`GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA ${SCHEMA} TO ${roles}`);
  await client.query(`GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA ${SCHEMA} TO ${roles}`);
  // Several bells in one call go through temporary tables.
  await client.query(
    `DO $$ BEGIN EXECUTE format('GRANT TEMPORARY ON DATABASE %I TO ${roles}', current_database()); END $$`,
  );
}
