import pg from 'pg';
import { ROLE_PASSWORDS, urlFor } from './database-urls.ts';
import { startPostgres } from './postgres.ts';

export interface MigratedDatabase {
  readonly apiUrl: string;
  readonly workerUrl: string;
  readonly superuserUrl: string;
  drop(): Promise<void>;
}

/** A PostgreSQL server of its own with the schema of this version, for suites that want other settings than those of the tests. */
export interface MigratedPostgres {
  /** Of the postmaster. */
  readonly pid: number;
  /** An empty database with all tables. */
  database(name: string): Promise<MigratedDatabase>;
  stop(): Promise<void>;
}

export async function startMigratedPostgres(
  settings: Readonly<Record<string, string>> = {},
): Promise<MigratedPostgres> {
  const server = await startPostgres({ settings });
  try {
    // Loaded here, because others that use this package need no database.
    const { prepareTemplate } = await import('./database-template.ts');
    const template = await prepareTemplate(server.superuserUrl);
    const { superuserUrl } = server;
    const urlOf = (name: string, role: string, password: string): string => urlFor(superuserUrl, name, role, password);
    return {
      pid: server.pid,
      async database(name) {
        await run(superuserUrl, `CREATE DATABASE ${name} OWNER docusnap_owner TEMPLATE ${template} STRATEGY FILE_COPY`);
        return {
          apiUrl: urlOf(name, 'docusnap_api', ROLE_PASSWORDS.apiPassword),
          workerUrl: urlOf(name, 'docusnap_worker', ROLE_PASSWORDS.workerPassword),
          superuserUrl: urlFor(superuserUrl, name),
          drop: () => run(superuserUrl, `DROP DATABASE ${name} WITH (FORCE)`),
        };
      },
      stop: () => server.stop(),
    };
  } catch (error) {
    await server.stop();
    throw error;
  }
}

async function run(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
