import { createHash, randomUUIDv7 } from 'node:crypto';
import pg from 'pg';

/** What most jobs of a database are: waiting for a reader, or ended and kept. */
export type Mix = 'waiting' | 'finished';

export const MASTER_KEY_ID = 'depth';

/** Rows that one round of statements makes: what a temporary table holds in memory. */
const ROUND = 100_000;
/** Tenants; the first has half of all jobs, the second a fifth, the others share the rest. */
const TENANTS = 20;
/** Of each size of job, how many in a hundred: pages. */
const PAGES = 'CASE WHEN h < 70 THEN 1 WHEN h < 90 THEN 2 WHEN h < 99 THEN 5 ELSE 20 END';
/** Bytes of a page's sealed text here; real ones have some thousands, which only erasing would notice. */
const TEXT_BYTES = 1_000;

/** Of the tenant that has most. */
export interface Filled {
  readonly tenantId: string;
  readonly key: string;
}

/**
 * Fills an empty database as a system does that has taken so many jobs in six days: several tenants, batches, several pages, failures, what was
 * understood, the logs. Set by set, in a session in which triggers and foreign keys do not fire: what triggers would have written (expiries, the
 * backlog, usage) is written by the same arithmetic here. No index and no trigger is taken away.
 */
export async function fill(superuserUrl: string, { jobs, mix }: { jobs: number; mix: Mix }): Promise<Filled> {
  const client = new pg.Client({ connectionString: superuserUrl });
  await client.connect();
  try {
    await client.query(
      "SET session_replication_role = replica; SET work_mem = '256MB'; SET maintenance_work_mem = '256MB'",
    );
    await client.query("SET gin_pending_list_limit = '256MB'");
    const filled = await addTenants(client);
    for (let first = 1; first <= jobs; first += ROUND) {
      await addJobs(client, { first, last: Math.min(jobs, first + ROUND - 1), jobs, mix });
    }
    await addSums(client);
    return filled;
  } finally {
    await client.end();
  }
}

async function addTenants(client: pg.Client): Promise<Filled> {
  const key = `ds_${'d'.repeat(8)}_${'D'.repeat(43)}`;
  const hash = createHash('sha256').update(key).digest();
  // In their order: addJobs tells them apart by it.
  const ids = Array.from({ length: TENANTS }, () => randomUUIDv7()).toSorted((a, b) => (a < b ? -1 : 1));
  await client.query(
    "INSERT INTO tenants (id, name) SELECT id, 'tenant ' || place FROM unnest($1::uuid[]) WITH ORDINALITY t (id, place)",
    [ids],
  );
  await client.query(
    `INSERT INTO api_keys (id, tenant_id, prefix, name, scopes, hash)
     SELECT uuidv7(), id, 'ds_dddddddd', 'depth', '{read,write,admin,operator}', CASE place WHEN 1 THEN $2 ELSE sha256(id::text::bytea) END
     FROM unnest($1::uuid[]) WITH ORDINALITY t (id, place)`,
    [ids, hash],
  );
  await client.query(
    "INSERT INTO workers (holder, readers, page_ms, seen_at) SELECT 'ocr-' || n, 4, 500, now() + interval '1 day' FROM generate_series(1, 8) n",
  );
  return { tenantId: ids[0]!, key };
}

interface Round {
  readonly first: number;
  readonly last: number;
  readonly jobs: number;
  readonly mix: Mix;
}

/** Statuses by a number below a thousand. */
const STATUS: Readonly<Record<Mix, string>> = {
  waiting: `CASE WHEN s < 900 THEN 'queued' WHEN s < 930 THEN 'reading' WHEN s < 995 THEN 'completed' ELSE 'failed' END`,
  finished: `CASE WHEN s < 10 THEN 'queued' WHEN s < 20 THEN 'reading' WHEN s < 920 THEN 'completed' WHEN s < 950 THEN 'partial' WHEN s < 980 THEN 'failed'
    ELSE 'cancelled' END`,
};

async function addJobs(client: pg.Client, { first, last, jobs, mix }: Round): Promise<void> {
  // Numbers that follow each other are spread by multiplying with primes.
  await client.query(`CREATE TEMP TABLE made ON COMMIT PRESERVE ROWS AS
    SELECT m.*, uuidv7(m.created_at - clock_timestamp()) AS id,
      CASE WHEN m.status IN ('completed', 'partial', 'failed', 'cancelled') THEN least(m.created_at + interval '30 seconds', now()) END AS finished_at,
      CASE WHEN m.status = 'queued' THEN 0 ELSE m.size END AS pages,
      CASE m.status WHEN 'completed' THEN m.size WHEN 'partial' THEN m.size - 1 WHEN 'reading' THEN m.size / 2 ELSE 0 END AS done
    FROM (
      SELECT n, now() - interval '6 days' * (1 - n::float8 / ${jobs}) AS created_at, t.id AS tenant_id, k.id AS key_id, size,
        CASE WHEN size = 1 AND status = 'partial' THEN 'completed' ELSE status END AS status,
        CASE WHEN n % 10 = 3 AND t.place = 1 THEN ('00000000-0000-4000-8000-' || lpad((n / 200)::text, 12, '0'))::uuid END AS batch_id,
        CASE h % 5 WHEN 0 THEN 'invoice-2026-' WHEN 1 THEN 'receipt_' WHEN 2 THEN 'scan' WHEN 3 THEN 'Contract ' ELSE 'IMG_' END
          || lpad(n::text, 7, '0') || CASE h % 3 WHEN 0 THEN '.pdf' ELSE '.jpg' END AS name
      FROM (SELECT n, (n * 7919::bigint) % 100 AS h, (n * 104729::bigint) % 1000 AS s FROM generate_series(${first}, ${last}) n) numbers
        CROSS JOIN LATERAL (SELECT ${PAGES} AS size, ${STATUS[mix]} AS status) kinds
        JOIN (SELECT id, row_number() OVER (ORDER BY id) AS place FROM tenants) t
          ON t.place = CASE WHEN h < 50 THEN 1 WHEN h < 70 THEN 2 ELSE 3 + (h + n) % ${TENANTS - 2} END
        JOIN api_keys k ON k.tenant_id = t.id
    ) m ORDER BY m.n`);
  for (const statement of ROWS) await client.query(statement);
  await client.query('DROP TABLE made');
}

/** What belongs to the jobs of the temporary table `made`. */
const ROWS = [
  `INSERT INTO jobs (id, tenant_id, name, status, options, files_total, files_opened, pages_made, pages_total, pages_done, pages_failed, error_code, version,
     master_key_id, wrapped_key, created_at, started_at, finished_at, key_id, batch_id, expires_at, counted)
   SELECT id, tenant_id, name, status, '{"priority": 5}', 1, (status <> 'queued')::integer, pages, nullif(pages, 0), done,
     CASE WHEN finished_at IS NULL THEN 0 ELSE pages - done END, CASE WHEN status IN ('failed', 'cancelled') THEN 'job_cancelled' END, 1 + done, '${MASTER_KEY_ID}',
     decode(repeat('ab', 60), 'hex'), created_at, CASE WHEN status <> 'queued' THEN created_at END, finished_at, key_id, batch_id, finished_at + interval '7 days',
     CASE WHEN finished_at IS NOT NULL THEN jsonb_build_object('jobs', 1, 'jobs_failed', (status = 'failed')::integer, 'files', 1, 'bytes', 200000, 'pages', done,
       'pages_failed', pages - done, 'pages_cached', 0, 'prompt_tokens', 0, 'completion_tokens', 0) END
   FROM made ORDER BY n`,
  `INSERT INTO files (job_id, file_index, tenant_id, name, media_type, bytes, sha256, status, pages)
   SELECT id, 0, tenant_id, name, 'application/pdf', 200000, encode(sha256(name::bytea), 'hex'), CASE status WHEN 'queued' THEN 'queued' ELSE 'opened' END, nullif(pages, 0)
   FROM made ORDER BY n`,
  `INSERT INTO pages (job_id, file_index, frame, tenant_id, number, status, attempts, error_code, stages, version, cache_key, renditions)
   SELECT id, 0, frame, tenant_id, frame + 1, CASE WHEN frame < done THEN 'done' WHEN finished_at IS NULL THEN 'queued' ELSE 'failed' END, (frame < done)::integer,
     CASE WHEN frame >= done AND finished_at IS NOT NULL THEN 'page_timeout' END, CASE WHEN frame < done THEN '{"decode": 21.5, "read": 310.2, "total": 340.1}'::jsonb END,
     CASE WHEN frame < done THEN frame + 2 END, CASE WHEN frame < done THEN sha256((name || frame)::bytea) END, CASE WHEN frame < done THEN 'made' END
   FROM made, generate_series(0, pages - 1) frame ORDER BY n, frame`,
  `INSERT INTO page_texts (job_id, file_index, frame, tenant_id, sealed)
   SELECT id, 0, frame, tenant_id, decode(repeat('5a', ${TEXT_BYTES}), 'hex') FROM made, generate_series(0, done - 1) frame ORDER BY n, frame`,
  `INSERT INTO understandings (job_id, tenant_id, task, request, status, priority, pages_seen, sealed)
   SELECT id, tenant_id, 'extract', 'asked', 'done', 5, done, decode(repeat('5a', 500), 'hex') FROM made WHERE status = 'completed' AND n % 20 = 0`,
  `INSERT INTO units (kind, job_id, tenant_id, file_index, priority, queued_at)
   SELECT 'open', id, tenant_id, 0, 5, created_at FROM made WHERE status = 'queued' ORDER BY n`,
  `INSERT INTO units (kind, job_id, tenant_id, file_index, frame, priority, queued_at)
   SELECT 'read', id, tenant_id, 0, frame, 5, created_at FROM made, generate_series(done, pages - 1) frame WHERE status = 'reading' ORDER BY n, frame`,
  `INSERT INTO batches (id, tenant_id, name, documents, created_at)
   SELECT batch_id, tenant_id, 'batch ' || min(n), count(*), min(created_at) FROM made WHERE batch_id IS NOT NULL GROUP BY 1, 2
   ON CONFLICT (id) DO UPDATE SET documents = batches.documents + excluded.documents`,
  `INSERT INTO idempotency_keys (tenant_id, key, token, digest, status, location, made, expires_at)
   SELECT tenant_id, 'order-' || n, gen_random_uuid(), sha256(name::bytea), 202, '/v1/jobs/' || id, jsonb_build_object('jobs', jsonb_build_array(id)), now() + interval '1 day'
   FROM made WHERE n % 6 = 0`,
  `INSERT INTO audit_log (at, id, tenant_id, key_id, action, target, status, request_id)
   SELECT created_at, uuidv7(created_at - clock_timestamp()), tenant_id, key_id, 'DELETE /v1/jobs/{id}', id::text, 204, 'r' || n FROM made WHERE n % 2 = 0`,
  `INSERT INTO erasure_receipts (job_id, tenant_id, reason, files, bytes, pages, texts, extractions, pictured, erased_at, gone_at)
   SELECT gen_random_uuid(), tenant_id, 'expiry', 1, 200000, 1, 1, 0, 1, now() - interval '1 day', now() - interval '1 day' FROM made WHERE n % 2 = 0`,
];

/** What the triggers would have added up meanwhile. */
async function addSums(client: pg.Client): Promise<void> {
  for (const statement of [
    `INSERT INTO backlog_counts (tenant_id, key_id, units, bytes)
     SELECT j.tenant_id, j.key_id, sum(units_left(j)), sum(200000) FROM jobs j WHERE j.finished_at IS NULL GROUP BY 1, 2`,
    `UPDATE backlog SET units = n.units, bytes = n.bytes, tenants = n.tenants
     FROM (SELECT sum(units) AS units, sum(bytes) AS bytes, count(DISTINCT tenant_id) AS tenants FROM backlog_counts) n`,
    `INSERT INTO usage_days
     SELECT tenant_id, (finished_at AT TIME ZONE 'UTC')::date, key_id, count(*), count(*) FILTER (WHERE status = 'failed'), count(*), sum(200000),
       sum(pages_done), sum(pages_failed), 0, 0, 0
     FROM jobs WHERE finished_at IS NOT NULL GROUP BY 1, 2, 3`,
  ]) {
    await client.query(statement);
  }
}
