import { chmod, chown, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { type PostgresServer, startPostgres, whyAbsent } from '@docusnap/testing';
import type { CheckOutcome, DeployCheck, DeployContext } from '../check.ts';
import { type Facts, openFacts } from '../facts.ts';
import { askAll, type Finished, finishWork } from './answers.ts';
import { compareAnswers } from './compare.ts';
import { checkEmbedded } from './embedded.ts';
import { databaseVariables, type KeyFiles, startInstallation } from './installation.ts';
import { makePlaces, type Places } from './places.ts';
import { startRestored } from './restored-server.ts';
import { refusal, run } from './run.ts';
import { withSuperuser } from './superuser.ts';

const OTHER_PASSWORD = 'of-another-server';

/**
 * Backs a server installation up with deploy/backup while it serves, destroys it, restores it into a fresh PostgreSQL 15 and asks the same questions
 * again: from the base backup and the archived log, to the end and to a moment, and from a dump. Then the same of an embedded system, copied while it
 * runs, and of its move to a server.
 */
export const RESTORE_CHECK: DeployCheck = {
  name: 'restore',
  short: false,
  async run(context): Promise<CheckOutcome> {
    const missing = await whyNot();
    if (missing.length > 0) return { figures: [], notRun: missing };
    // No part that a machine of ours could run, so it does not count as missing.
    console.log(
      'not tried: restore: increments, which need PostgreSQL 17 (pg_basebackup --incremental); Debian 12 has 15',
    );
    const facts = openFacts();
    await checkRestore(context, facts);
    await checkEmbedded(context, facts);
    return {
      figures: [facts.figure('restore: what a restored installation has to show')],
      findings: facts.findings,
    };
  },
};

async function whyNot(): Promise<string[]> {
  const postgres = whyAbsent('postgres-15');
  const programs = ['age', 'age-keygen', 'rsync', 'psql', 'pg_basebackup'];
  const absent = await Promise.all(programs.map((name) => refusal(run('sh', ['-c', `command -v ${name}`]))));
  const without = programs.filter((_name, index) => absent[index] !== null);
  return [
    ...(postgres === null ? [] : [postgres]),
    ...without.map((name) => `${name} is not installed (deploy/ci/tools deploy)`),
  ];
}

/** The server that is backed up: it archives its log, a file every time it is asked to. */
async function startArchiving({ programs, settings }: Places): Promise<PostgresServer> {
  return startPostgres({
    version: 15,
    settings: {
      wal_level: 'replica',
      max_wal_senders: '5',
      wal_keep_size: '256MB',
      full_page_writes: 'on',
      archive_mode: 'on',
      archive_command: `BACKUP_SETTINGS=${settings} ${programs}/archive-wal %p %f`,
    },
  });
}

async function checkRestore({ root, folder, say }: DeployContext, facts: Facts): Promise<void> {
  const places = await makePlaces(root, folder);
  const server = await startArchiving(places);
  const { superuserUrl } = server;
  const backUp = (kind: string) =>
    run(join(places.programs, 'backup'), [kind], {
      BACKUP_SETTINGS: places.settings,
      BACKUP_DATABASE_URL: kind === 'dump' ? superuserUrl.replace(/postgres$/, 'docusnap') : superuserUrl,
    });
  let first: Finished;
  let second: Finished;
  let between: string;
  try {
    say('migrating and starting an installation');
    await migrate(root, superuserUrl);
    const options = { root, folder: join(folder, 'original'), superuserUrl, ...places };
    const installation = await startInstallation({ ...options, reads: true });
    try {
      first = await finishWork(installation.url, root, places.keys);
      say('backing it up');
      await backUp('full');
      between = await momentBetween(superuserUrl);
      second = await finishWork(installation.url, root, places.keys);
      // What was stored after the set reaches a restore by the archived log, and its files by their copy, which is made more often than sets.
      await backUp('blobs');
      await lookAtBlobs(places, facts);
      await archiveAll(superuserUrl);
      await backUp('dump');
    } finally {
      await installation.stop();
    }
  } finally {
    await server.stop();
  }
  await rm(places.blobs, { recursive: true });
  for (const path of Object.values(places.keys)) await rm(path);
  await lookAtSets(places, facts);
  const context = { root, folder, places, superuserUrl, facts, say };
  await restoreServer(context, 'end', [], [first, second]);
  await restoreServer(context, 'moment', ['--until', between], [first]);
  await restoreDump(context, [first, second]);
}

function migrate(root: string, superuserUrl: string): Promise<unknown> {
  const variables = { ...databaseVariables(superuserUrl), DATABASE_SUPERUSER_URL: superuserUrl };
  return run(process.execPath, [join(root, 'services/gateway/src/migrate/main.ts')], variables);
}

async function lookAtBlobs({ blobs, backups }: Places, facts: Facts): Promise<void> {
  const differing = await refusal(run('diff', ['-rq', '--exclude=.temporary', blobs, join(backups, 'blobs')]));
  facts.note('stored files are copied between two sets', differing === null, differing);
}

/** After what is finished, and before what comes: with a second on both sides. */
async function momentBetween(url: string): Promise<string> {
  await pause(1_000);
  const [row] = await withSuperuser(url, 'SELECT clock_timestamp()::text AS now');
  await pause(1_000);
  return String(row?.now);
}

/** Waits for as long as it takes; the archiver tries again by itself. */
async function archiveAll(url: string): Promise<void> {
  const [row] = await withSuperuser(url, 'SELECT pg_walfile_name(pg_switch_wal()) AS name');
  for (;;) {
    const [seen] = await withSuperuser(url, 'SELECT last_archived_wal AS name FROM pg_stat_archiver');
    if (typeof seen?.name === 'string' && seen.name >= String(row?.name)) return;
    await pause(200);
  }
}

async function lookAtSets(places: Places, facts: Facts): Promise<void> {
  const environment = { BACKUP_SETTINGS: places.settings };
  const { stdout } = await run(join(places.programs, 'backup'), ['list'], environment);
  const sets = stdout.trim().split('\n');
  facts.note('there are a full set and a dump', sets.length === 2, sets);
  const { stdout: open } = await run('sh', [
    '-c',
    `grep -rlE "docusnap_api|PRIVATE KEY|jobs" ${places.backups}/sets ${places.backups}/wal || true`,
  ]);
  facts.note('nothing of database and keys lies open in the backup', open.trim() === '', open);
  const away = await refusal(
    run(join(places.programs, 'backup'), ['full'], {
      ...environment,
      BACKUP_DATABASE_URL: 'postgres://127.0.0.1:1/x',
    }),
  );
  facts.note(
    'a server that is away ends a backup with a sentence and no set',
    /connection|refused/.test(away ?? ''),
    away,
  );
}

interface Context extends Pick<DeployContext, 'root' | 'folder' | 'say'> {
  readonly places: Places;
  readonly superuserUrl: string;
  readonly facts: Facts;
}

async function restoreServer(
  { root, folder, places, superuserUrl, facts, say }: Context,
  name: string,
  how: readonly string[],
  finished: readonly Finished[],
): Promise<void> {
  say(`restoring the server, ${name}`);
  const target = join(folder, name);
  const data = join(target, 'data');
  const restored = { blobs: join(target, 'blobs'), files: join(target, 'files') };
  const parts = ['--data', data, '--blobs', restored.blobs, '--files', restored.files];
  const { stdout } = await run('sh', ['-c', `ls ${places.backups}/sets | grep full`]);
  const environment = {
    BACKUP_DIR: places.backups,
    BACKUP_IDENTITY_FILE: places.identity,
    BACKUP_POSTGRES_BIN: '/usr/lib/postgresql/15/bin',
  };
  const restore = () => run(join(places.programs, 'restore'), [...parts, '--set', stdout.trim(), ...how], environment);
  await run('install', ['-d', '-m', '0755', target]);
  await noteClosedLog(places, facts, { name, restore });
  await restore();
  facts.note(`${name}: a second restore overwrites nothing`, /is not empty/.test((await refusal(restore())) ?? ''));
  const server = await startRestored(data, superuserUrl);
  try {
    await compare({ root, folder: target, superuserUrl: server.superuserUrl, places, facts }, restored, name, finished);
  } finally {
    await server.stop();
  }
}

interface Attempt {
  readonly name: string;
  restore(): Promise<unknown>;
}

/** A log that the database's user may not read would pass for one that has ended. Root may read it all the same. */
async function noteClosedLog({ backups }: Places, facts: Facts, { name, restore }: Attempt): Promise<void> {
  if (process.getuid?.() !== 0) return;
  const { mode, uid, gid } = await stat(backups);
  await chown(backups, 0, 0);
  await chmod(backups, 0o700);
  const refused = await refusal(restore());
  facts.note(`${name}: a log that its server cannot read is not restored from`, /cannot be opened/.test(refused ?? ''));
  await chown(backups, uid, gid);
  await chmod(backups, mode);
}

async function restoreDump(
  { root, folder, places, facts, say }: Context,
  finished: readonly Finished[],
): Promise<void> {
  say('restoring the dump');
  const target = join(folder, 'dump');
  const restored = { blobs: join(target, 'blobs'), files: join(target, 'files') };
  await run('install', ['-d', '-m', '0755', target]);
  const server = await startPostgres({ version: 15 });
  try {
    await withSuperuser(server.superuserUrl, 'CREATE DATABASE docusnap');
    // As another server has it: what is restored must not change the superuser that restores it.
    await withSuperuser(server.superuserUrl, `ALTER ROLE postgres PASSWORD '${OTHER_PASSWORD}'`);
    const superuser = new URL(server.superuserUrl);
    superuser.password = OTHER_PASSWORD;
    const superuserUrl = superuser.toString();
    const { stdout } = await run('sh', ['-c', `ls ${places.backups}/sets | grep dump`]);
    const database = superuserUrl.replace(/postgres$/, 'docusnap');
    const parts = ['--database', database, '--blobs', restored.blobs, '--files', restored.files];
    await run(join(places.programs, 'restore'), [...parts, '--set', stdout.trim()], {
      BACKUP_DIR: places.backups,
      BACKUP_IDENTITY_FILE: places.identity,
      BACKUP_POSTGRES_BIN: '/usr/lib/postgresql/15/bin',
    });
    // Before the services, as each deployment does: it gives the roles their passwords.
    await migrate(root, superuserUrl);
    await compare({ root, folder: target, superuserUrl, places, facts }, restored, 'dump', finished);
  } finally {
    await server.stop();
  }
}

/** Starts a gateway on what was restored, with the keys that were restored, and asks what the original was asked. */
async function compare(
  { root, folder, superuserUrl, places, facts }: Pick<Context, 'root' | 'folder' | 'superuserUrl' | 'places' | 'facts'>,
  restored: { readonly blobs: string; readonly files: string },
  name: string,
  finished: readonly Finished[],
): Promise<void> {
  const under = (path: string): string => join(restored.files, path);
  const keys = Object.fromEntries(
    Object.entries(places.keys).map(([key, path]) => [key, under(path)]),
  ) as unknown as KeyFiles;
  const installation = await startInstallation({
    root,
    folder,
    superuserUrl,
    blobs: restored.blobs,
    keys,
    reads: false,
  });
  try {
    for (const [index, one] of finished.entries()) {
      compareAnswers(facts, `${name}, work ${index + 1}`, one, await askAll(installation.url, one), {
        lists: one === finished.at(-1),
      });
    }
  } finally {
    await installation.stop();
  }
}
