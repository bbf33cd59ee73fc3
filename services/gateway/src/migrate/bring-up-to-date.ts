import { setTimeout as pause } from 'node:timers/promises';
import { AppError } from '@docusnap/contracts';
import { closeDatabase, ensureDatabase, ensureRoles, migrate, openDatabase, pingDatabase } from '@docusnap/db';
import { migrateQueue } from '@docusnap/queue';
import { ConfigError } from '@docusnap/runtime';
import type { MigrateConfig } from './config.ts';

/** Milliseconds between two looks whether the database answers by now. */
const LOOK_EVERY_MS = 500;

/**
 * Brings a database to this version: roles and database where a superuser is named, then tables and functions, then the queue's schema. May be run
 * by several at once and again and again, while older versions serve. Throws ConfigError, or what the database refused.
 */
export async function bringUpToDate(config: MigrateConfig, print: (line: string) => void): Promise<void> {
  const { DATABASE_OWNER_URL: ownerUrl, DATABASE_SUPERUSER_URL: superuserUrl } = config;
  const name = databaseOf(ownerUrl);
  await untilItAnswers(superuserUrl ?? ownerUrl, config.MIGRATE_WAIT_SECONDS);
  if (superuserUrl !== undefined) {
    await ensureRoles(superuserUrl, {
      ownerPassword: passwordOf('DATABASE_OWNER_URL', 'docusnap_owner', ownerUrl),
      apiPassword: passwordOf('DATABASE_URL', 'docusnap_api', config.DATABASE_URL),
      workerPassword: passwordOf('DATABASE_WORKER_URL', 'docusnap_worker', config.DATABASE_WORKER_URL),
    });
    await ensureDatabase(superuserUrl, name);
    print(`The roles and the database "${name}" are there.`);
  }
  await migrate(ownerUrl);
  await migrateQueue(ownerUrl);
  print(`The database "${name}" is up to date.`);
}

function databaseOf(url: string): string {
  const name = decodeURIComponent(parse('DATABASE_OWNER_URL', url).pathname.slice(1));
  if (name === '') throw new ConfigError('DATABASE_OWNER_URL has to name the database in its path.');
  return name;
}

/** Roles are named by our migrations, so an address with another one would not work later either. */
function passwordOf(variable: string, role: string, url = ''): string {
  const { username, password } = parse(variable, url);
  if (decodeURIComponent(username) !== role) throw new ConfigError(`${variable} has to name the role ${role}.`);
  if (password === '') throw new ConfigError(`${variable} has to hold the password of ${role}.`);
  return decodeURIComponent(password);
}

function parse(variable: string, url: string): URL {
  if (!URL.canParse(url))
    throw new ConfigError(`${variable} is no address such as postgres://ROLE:PASSWORD@HOST/NAME.`);
  return new URL(url);
}

async function untilItAnswers(url: string, seconds: number): Promise<void> {
  const db = openDatabase(url, { applicationName: 'docusnap-migrate', poolSize: 1 });
  try {
    for (const deadline = Date.now() + seconds * 1_000; ; await pause(LOOK_EVERY_MS)) {
      try {
        await pingDatabase(db);
        return;
      } catch (error) {
        const isAway = error instanceof AppError && error.code === 'database_unavailable';
        if (!isAway || Date.now() >= deadline) throw error;
      }
    }
  } finally {
    await closeDatabase(db);
  }
}
