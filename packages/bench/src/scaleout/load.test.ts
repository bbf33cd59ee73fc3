import { expect, test } from '@jest/globals';
import { whoseIs } from './load.ts';

test.each([
  ['SELECT * FROM claim_unit($1, $2, $3)', 'ours'],
  ['SELECT CASE WHEN pg_try_advisory_xact_lock(hashtext($2)) THEN take_turn($3, $1) END AS leads', 'ours'],
  ['INSERT INTO workers (holder, readers, page_ms, about, seen_at) VALUES ($1, $2, $3, $4, now())', 'ours'],
  ['BEGIN', 'transaction'],
  ['COMMIT', 'transaction'],
  ['SELECT set_config($2, $1, $3)', 'transaction'],
  ['-- Insert a single job\nSELECT add_job(\n  $1, $2) AS id', 'queue'],
  ['SELECT name FROM job WHERE queue = $1', 'queue'],
])('%s is %s', (query, whose) => {
  expect(whoseIs(query, new Set(['add_job', 'job']))).toBe(whose);
});
