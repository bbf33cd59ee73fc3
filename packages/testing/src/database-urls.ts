export const ROLE_PASSWORDS = { ownerPassword: 'owner', apiPassword: 'api', workerPassword: 'worker' } as const;

/** The same server, another database and, where given, another role. */
export function urlFor(superuserUrl: string, database: string, user?: string, password?: string): string {
  const url = new URL(superuserUrl);
  url.pathname = `/${database}`;
  if (user !== undefined) url.username = user;
  if (password !== undefined) url.password = password;
  return url.toString();
}
