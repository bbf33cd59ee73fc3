import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type TestDatabase, testDatabase } from '@docusnap/testing';
import { expect, test } from '@jest/globals';
import pg from 'pg';
import { migrate } from '../migrate.ts';
import { addTenant, asOwner } from '../test-jobs.ts';
import { type Replayed, replay } from './replay.ts';
import type { Trace } from './trace.ts';

const FOLDER = join(dirname(fileURLToPath(import.meta.url)), 'recorded');
const MIGRATIONS = join(dirname(fileURLToPath(import.meta.url)), '..', '..', 'migrations');
const LAST = readdirSync(MIGRATIONS).toSorted().at(-1)!;
/** The version before this one: what may still serve while this one's migrations run. */
const PREVIOUS = readdirSync(FOLDER)
  .toSorted()
  .filter((name) => name.slice(0, 4) < LAST.slice(0, 4))
  .at(-1)!;
/** Old processes that work at a time. */
const WALKERS = 3;
/** Rounds each goes at least after the last migration. */
const ROUNDS_AFTER = 2;
/** Milliseconds that a statement may take in the worst case while migrations wait for their locks, on a machine that does other things too. */
const MOST_MS = 100_000;

test(`migrations run while the version before (${PREVIOUS}) serves: no statement of it fails, then or later`, async () => {
  const trace = JSON.parse(readFileSync(join(FOLDER, PREVIOUS), 'utf8')) as Trace;
  const database = await testDatabase({ empty: true });
  await migrate(database.ownerUrl, { upTo: Number(trace.migration.slice(0, 4)) });
  await fill(database);

  const rounds: Replayed[] = [];
  const migrated = new AbortController();
  const walkers = Array.from({ length: WALKERS }, async () => {
    const tenantId = await addTenant(database);
    for (let after = 0; after < ROUNDS_AFTER; ) {
      rounds.push(await replay(trace, { ...database, tenantId }));
      if (migrated.signal.aborted) after += 1;
    }
  });
  while (rounds.length < WALKERS) await new Promise((resolve) => setTimeout(resolve, 10));
  await migrate(database.ownerUrl);
  migrated.abort();
  await Promise.all(walkers);
  expect([...new Set(rounds.flatMap(({ failures }) => failures))]).toEqual([]);

  // Walkers take each other's units, and so leave some statements out; one that is alone sends them all.
  await asOwner(database, 'DELETE FROM units; DELETE FROM understandings');
  const alone = await replay(trace, { ...database, tenantId: await addTenant(database) });
  expect(alone).toMatchObject({ answered: trace.steps.length, leftOut: 0, failures: [], refused: [] });

  const longest = Math.max(...rounds.map(({ longestMs }) => longestMs));
  expect(longest).toBeLessThan(MOST_MS);
  await database.drop();
  process.stdout.write(
    `${sum(rounds, 'answered')} statements of ${trace.migration} answered around its successors, ` +
      `${sum(rounds, 'leftOut')} left out; longest ${Math.round(longest)} ms\n`,
  );
});

function sum(rounds: readonly Replayed[], what: 'answered' | 'leftOut'): number {
  return rounds.reduce((total, round) => total + round[what], 0);
}

/** What an installation has by then: jobs that have ended and their pages. */
async function fill({ superuserUrl }: TestDatabase): Promise<void> {
  const client = new pg.Client({ connectionString: superuserUrl });
  await client.connect();
  const tenant = randomUUID();
  for (const statement of [
    `INSERT INTO tenants (id, name) VALUES ('${tenant}', 'others')`,
    `INSERT INTO jobs (id, tenant_id, name, status, options, files_total, files_opened, pages_made, pages_total, pages_done, master_key_id, wrapped_key, finished_at)
     SELECT gen_random_uuid(), '${tenant}', 'job-' || n, 'completed', '{"priority": 5}', 1, 1, 2, 2, 2, 'k1', '', now() FROM generate_series(1, 5000) n`,
    `INSERT INTO files (job_id, file_index, tenant_id, name, media_type, bytes, sha256, status, pages)
     SELECT id, 0, tenant_id, name, 'image/tiff', 1, 'ab', 'opened', 2 FROM jobs`,
    `INSERT INTO pages (job_id, file_index, frame, tenant_id, number, status, version)
     SELECT id, 0, n - 1, tenant_id, n, 'done', n FROM jobs, generate_series(1, 2) n`,
  ]) {
    await client.query(statement);
  }
  await client.end();
}
