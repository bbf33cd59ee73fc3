import pg from 'pg';
import { toDatabaseError } from './errors.ts';

export interface RolePasswords {
  readonly ownerPassword: string;
  readonly apiPassword: string;
  readonly workerPassword: string;
}

/** Role settings rather than connection parameters, because pgBouncer refuses connections that bring such parameters. */
const ROLE_SETTINGS: Readonly<Record<string, readonly string[]>> = {
  docusnap_owner: [],
  docusnap_api: ["statement_timeout = '10s'", "idle_in_transaction_session_timeout = '30s'"],
  docusnap_worker: ["statement_timeout = '30s'", "idle_in_transaction_session_timeout = '30s'"],
};

/**
 * Makes the three roles, or sets their passwords and settings anew. They belong to the server, so two databases share them. May be
 * called again, and by several processes at a time. Needs a superuser's URL, any database.
 */
export async function ensureRoles(superuserUrl: string, passwords: RolePasswords): Promise<void> {
  const roles: Readonly<Record<string, string>> = {
    docusnap_owner: passwords.ownerPassword,
    docusnap_api: passwords.apiPassword,
    docusnap_worker: passwords.workerPassword,
  };
  await withClient(superuserUrl, async (client) => {
    await client.query('BEGIN');
    // Concurrent ALTER ROLEs of one role fail ("tuple concurrently updated"), so one process after the other.
    await client.query("SELECT pg_advisory_xact_lock(hashtext('docusnap roles'))");
    for (const [role, password] of Object.entries(roles)) {
      const { rowCount } = await client.query('SELECT 1 FROM pg_roles WHERE rolname = $1', [role]);
      const verb = rowCount === 0 ? 'CREATE' : 'ALTER';
      await client.query(
        `${verb} ROLE ${role} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS PASSWORD ${pg.escapeLiteral(password)}`,
      );
      for (const setting of ROLE_SETTINGS[role] ?? []) await client.query(`ALTER ROLE ${role} SET ${setting}`);
    }
    await client.query('COMMIT');
  });
}

/** Makes the database, owned by docusnap_owner and closed to all but the three roles, unless it is there. */
export async function ensureDatabase(superuserUrl: string, name: string): Promise<void> {
  await withClient(superuserUrl, async (client) => {
    const database = pg.escapeIdentifier(name);
    // Of the session, since CREATE DATABASE runs in no transaction; it goes with the connection.
    await client.query("SELECT pg_advisory_lock(hashtext('docusnap databases'))");
    const { rowCount } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [name]);
    if (rowCount === 0) await client.query(`CREATE DATABASE ${database} OWNER docusnap_owner`);
    await client.query(`REVOKE ALL ON DATABASE ${database} FROM PUBLIC`);
    await client.query(`GRANT CONNECT ON DATABASE ${database} TO docusnap_api, docusnap_worker`);
  });
}

/** One connection of its own, closed in the end. Errors are AppErrors. */
export async function withClient<Result>(url: string, work: (client: pg.Client) => Promise<Result>): Promise<Result> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  // Breaks between statements show in the next statement.
  client.on('error', () => undefined);
  try {
    await client.connect();
    return await work(client);
  } catch (error) {
    throw toDatabaseError(error);
  } finally {
    await client.end();
  }
}
