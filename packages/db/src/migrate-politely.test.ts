import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';

const MIGRATIONS = join(dirname(fileURLToPath(import.meta.url)), '..', 'migrations');
/** The first that had to run while an older version serves. */
const FIRST = 12;
/** Built before this rule, on columns that were new: read through, but with nothing to sort. */
const BEFORE_THE_RULE = [
  'jobs_batch',
  'jobs_batch_running',
  'jobs_deadline',
  'tenants_list',
  'tenants_erasing',
  'understandings_cache',
];

test('an index of a table that is already there is built without keeping anybody from writing', () => {
  const files = readdirSync(MIGRATIONS).map((name) => ({
    number: Number(name.slice(0, 4)),
    text: readFileSync(join(MIGRATIONS, name), 'utf8'),
  }));
  const found = files
    .filter(({ number }) => number >= FIRST)
    .flatMap(({ number, text }) => {
      const alongside = files.filter((file) => file.number === number).map((file) => file.text);
      return [...text.matchAll(/^CREATE (?:UNIQUE )?INDEX (?:IF NOT EXISTS )?(\w+)\s+ON (\w+)/gm)]
        .filter(([, , table]) => !alongside.some((other) => new RegExp(`^CREATE TABLE ${table}\\b`, 'm').test(other)))
        .map(([, index]) => index!);
    });
  expect(found.filter((index) => !BEFORE_THE_RULE.includes(index))).toEqual([]);
  // It does find them.
  expect(found).toContain('jobs_batch');
});

test('what is built alongside work runs in a file of its own, and can be begun again', () => {
  for (const name of readdirSync(MIGRATIONS)) {
    const text = readFileSync(join(MIGRATIONS, name), 'utf8');
    const concurrent = [...text.matchAll(/^CREATE (?:UNIQUE )?INDEX CONCURRENTLY (\w+)/gm)].map(([, index]) => index);
    expect([name, text.startsWith('-- Without a transaction\n')]).toEqual([name, concurrent.length > 0]);
    for (const index of concurrent) expect(text).toContain(`DROP INDEX CONCURRENTLY IF EXISTS ${index};`);
  }
});
