import { ensureDatabase, ensureRoles, migrate } from '@docusnap/db';
import { migrateQueue } from '@docusnap/queue';
import { ROLE_PASSWORDS, urlFor } from './database-urls.ts';

const TEMPLATE = 'docusnap_template';

/** Makes the migrated database that every test database is a copy of; gives its name. */
export async function prepareTemplate(superuserUrl: string): Promise<string> {
  await ensureRoles(superuserUrl, ROLE_PASSWORDS);
  await ensureDatabase(superuserUrl, TEMPLATE);
  const ownerUrl = urlFor(superuserUrl, TEMPLATE, 'docusnap_owner', ROLE_PASSWORDS.ownerPassword);
  await migrate(ownerUrl);
  await migrateQueue(ownerUrl);
  return TEMPLATE;
}
