import { ROLE_PASSWORDS, urlFor } from './database-urls.ts';

/** Addresses of one migrated database, by who uses it. */
export interface InstalledDatabase {
  readonly apiUrl: string;
  readonly workerUrl: string;
  readonly superuserUrl: string;
}

/** Makes the roles and the database of an installation on a server that has neither. */
export async function migrateInto(superuserUrl: string): Promise<InstalledDatabase> {
  // Loaded here, because others that use this package need no database.
  const { prepareTemplate } = await import('./database-template.ts');
  const name = await prepareTemplate(superuserUrl);
  return {
    apiUrl: urlFor(superuserUrl, name, 'docusnap_api', ROLE_PASSWORDS.apiPassword),
    workerUrl: urlFor(superuserUrl, name, 'docusnap_worker', ROLE_PASSWORDS.workerPassword),
    superuserUrl: urlFor(superuserUrl, name),
  };
}
