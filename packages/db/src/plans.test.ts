import { beforeAll, expect, test } from '@jest/globals';
import pg from 'pg';
import { asOwner, inScene, onEachPostgres, type Scene } from './test-jobs.ts';

/**
 * Plans as they really run, inside functions too, from PostgreSQL's own auto_explain: on enough rows that reading a whole table would
 * be the wrong plan, and with the rows each step read, so that no statement's work grows with what is stored.
 */

const JOBS = 20_000;
/** One of the jobs is big: its pages wait, one row each. */
const BIG_PAGES = 100_000;
/** The most that one call may read here: a page of the list in rows of several plans, not a share of a table. */
const MOST_ROWS = 300;
/** A search by name reads the newest 500 jobs besides. */
const MOST_ROWS_BY_NAME = 500 + MOST_ROWS;

interface PlanNode {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Index Name'?: string;
  readonly 'Actual Rows': number;
  readonly 'Actual Loops': number;
  readonly 'Rows Removed by Filter'?: number;
  readonly 'Rows Removed by Index Recheck'?: number;
  readonly Plans?: readonly PlanNode[];
}

onEachPostgres('plans', (version) => {
  let scene: Scene;
  beforeAll(() =>
    inScene(version, async (empty) => {
      await fill(empty);
      scene = empty;
    }),
  );

  test('each query of the API uses an index and reads no more than its answer needs', async () => {
    const tenant = scene.tenantId;
    const [job] = await asOwner<{ id: string }>(scene.database, "SELECT id FROM jobs WHERE name = 'name-4321'");
    const id = job!.id;
    const [big] = await asOwner<{ id: string }>(scene.database, "SELECT id FROM jobs WHERE name = 'name-5'");
    const [failed] = await asOwner<{ id: string }>(scene.database, "SELECT id FROM jobs WHERE name = 'name-1007'");
    const list = (filters: string) => `SELECT list_job_ids(${filters}, 21, NULL)`;
    const place = `'2026-01-01T05:00:00Z', '${id}'`;
    // Each with the index that it has to use.
    for (const [index, statement] of [
      ['jobs_pkey', `SELECT poll_job('${tenant}', '${id}')`],
      ['pages_number', `SELECT * FROM read_page('${tenant}', '${id}', 1)`],
      ['pages_number', `SELECT * FROM read_page_image('${tenant}', '${id}', 1)`],
      ['jobs_pkey', `SELECT * FROM job_versions(ARRAY['${id}']::uuid[])`],
      ['api_keys_hash_key', `SELECT * FROM key_caller(sha256('7'))`],
      ['api_keys_tenant', `SELECT * FROM api_keys WHERE tenant_id = '${tenant}' ORDER BY created_at DESC, id DESC`],
      ['jobs_list', list('NULL, NULL, NULL, NULL, NULL, NULL')],
      ['jobs_list', list(`NULL, NULL, NULL, NULL, ${place}`)],
      ['jobs_list', list("NULL, NULL, '2026-01-01T01:00:00Z', '2026-01-01T01:01:00Z', NULL, NULL")],
      ['jobs_list_status', list("'failed', NULL, NULL, NULL, NULL, NULL")],
      ['jobs_list_status', list(`'partial', NULL, NULL, NULL, ${place}`)],
      ['jobs_pkey', `SELECT job_document(j) FROM jobs j WHERE j.id = ANY (ARRAY['${id}']::uuid[]) ORDER BY created_at`],
      [
        'pages_pkey',
        `SELECT 1 FROM pages p LEFT JOIN page_texts t USING (job_id, file_index, frame) WHERE p.job_id = '${id}'
           AND (p.file_index, p.frame) > (-1, -1) ORDER BY p.file_index, p.frame LIMIT 50`,
      ],
      ['pages_version', `SELECT 1 FROM pages p WHERE p.job_id = '${id}' AND p.version > 1990 ORDER BY p.version`],
      ['pages_failed', `SELECT * FROM retry_job('${tenant}', '${failed!.id}')`],
      ['units_waiting', `SELECT * FROM job_progress('${tenant}', '${id}', 100)`],
      ['units_waiting', `SELECT * FROM job_progress('${tenant}', '${big!.id}', 100)`],
      ['jobs_pkey', `SELECT erase_job('${tenant}', gen_random_uuid())`],
      ['backlog_changes_tenant', `SELECT refuse_if_full('${tenant}', '${id}', 1, 1)`],
      [
        'pages_failed',
        `SELECT 1 FROM pages p WHERE p.job_id = '${id}' AND (p.file_index, p.frame) > (-1, -1) AND p.status = 'failed'
           ORDER BY p.file_index, p.frame LIMIT 101`,
      ],
    ] as const) {
      // Functions plan with the values at hand at first, and without them once they were called a few times.
      for (const mode of ['force_custom_plan', 'force_generic_plan'] as const) {
        const nodes = await nodesOf(scene, 'docusnap_api', statement, mode);
        expect([mode, statement, ...nodes.map((node) => node['Index Name'])]).toContain(index);
        expectFewRows(`${statement} ${mode}`, nodes);
      }
    }
  });

  test('a part of a name is found among the newest jobs, else by an index, however short it is', async () => {
    const list = (name: string) => `SELECT list_job_ids(NULL, '${name}', NULL, NULL, NULL, NULL, 21, NULL)`;
    for (const [index, name] of [
      ['jobs_list', 'name'],
      ['jobs_name', 'name-17171'],
      ['jobs_name', 'x-name-name-17171'],
      ['jobs_name_letters', 'zq'],
      ['jobs_name_letters', 'z'],
      ['jobs_name_letters', '--'],
    ] as const) {
      for (const mode of ['force_custom_plan', 'force_generic_plan'] as const) {
        const nodes = await nodesOf(scene, 'docusnap_api', list(name), mode);
        expect([mode, name, ...nodes.map((node) => node['Index Name'])]).toContain(index);
        expectFewRows(`${name} ${mode}`, nodes, MOST_ROWS_BY_NAME);
      }
    }
  });

  test('whether an equal page was read before is found by an index, and so is the page whose images were made', async () => {
    const [job] = await asOwner<{ id: string }>(scene.database, "SELECT id FROM jobs WHERE name = 'name-4321'");
    for (const [index, statement] of [
      ['pages_cache', `SELECT * FROM find_cached_page('${scene.tenantId}', sha256('name-43217'))`],
      ['pages_cache', `SELECT * FROM find_cached_page('${scene.tenantId}', sha256('none'))`],
      ['pages_pkey', `SELECT mark_renditions('${job!.id}', 0, 3, 'made')`],
      ['pages_pkey', `SELECT mark_all_renditions('{${job!.id}}', '{0}', '{3}', '{made}')`],
    ] as const) {
      for (const mode of ['force_custom_plan', 'force_generic_plan'] as const) {
        const nodes = await nodesOf(scene, 'docusnap_worker', statement, mode);
        expect([mode, statement, ...nodes.map((node) => node['Index Name'])]).toContain(index);
        expectFewRows(`${statement} ${mode}`, nodes);
      }
    }
  });

  test('erasing finds what belongs to the job by indexes', async () => {
    // The statements of foreign keys have no plans to look at, so this asks for plans of the same.
    const job = `job_id = '${scene.tenantId}'`;
    for (const statement of [
      `DELETE FROM files WHERE ${job}`,
      `DELETE FROM pages WHERE ${job} AND file_index = 0`,
      `DELETE FROM page_texts WHERE ${job} AND file_index = 0 AND frame = 0`,
      `DELETE FROM units WHERE ${job} AND file_index = 0`,
    ]) {
      expectFewRows(statement, await nodesOf(scene, 'docusnap_owner', statement));
    }
  });

  test('saving, renewing and sweeping read a few rows', async () => {
    const claimed = await nodesOf(scene, 'docusnap_worker', "SELECT * FROM claim_unit('a test', 30)");
    expectFewRows('claim', claimed);
    const { rows } = await scene.worker.pool.query<{ id: string; token: string; job_id: string }>(
      "SELECT * FROM claim_unit('a test', 30)",
    );
    const held = `${rows[0]?.id}, ${rows[0]?.token}, '${rows[0]?.job_id}'`;
    for (const statement of [
      `SELECT renew_units(ARRAY[${rows[0]?.id}]::bigint[], ARRAY[${rows[0]?.token}]::bigint[], 30)`,
      `SELECT fail_unit(${held}, 'file_undecodable', 'm')`,
      `SELECT release_unit_after_death(${held}, 2, 'page_timeout', 'm')`,
      `SELECT save_opened_file(${held}, 2, 10000)`,
      "SELECT * FROM sweep_units(20, 'attempts_exhausted')",
      'SELECT waiting_units(100)',
      'SELECT * FROM read_lane(100)',
      'SELECT * FROM understand_lane(100)',
      'SELECT expire_jobs(10, 100)',
      'SELECT fill_expiries(10)',
      'SELECT take_erasures(10, 60)',
    ]) {
      expectFewRows(statement, await nodesOf(scene, 'docusnap_worker', statement));
    }
  });

  test('a claim reads a few rows, whether 20,000 jobs of one unit wait or 100,000 units of one job', async () => {
    const times: number[] = [];
    for (let claims = 0; claims < 30; claims += 1) {
      const start = performance.now();
      await scene.worker.pool.query("SELECT * FROM claim_unit('a test', 30)");
      times.push(performance.now() - start);
    }
    for (const waiting of ['both', 'the big job only']) {
      if (waiting !== 'both') {
        await asOwner(scene.database, "DELETE FROM units WHERE kind = 'open' AND leased_until IS NULL");
      }
      const nodes = await nodesOf(scene, 'docusnap_worker', "SELECT * FROM claim_unit('a test', 30)");
      expect(nodes.map((node) => node['Index Name'])).toContain('units_waiting');
      expectFewRows(waiting, nodes);
    }
    times.sort((a, b) => a - b);
    const [median, most] = [times[15]?.toFixed(2), times[29]?.toFixed(2)];
    process.stdout.write(
      `claim with ${BIG_PAGES + JOBS} units waiting (PostgreSQL ${version}): median ${median} ms, most ${most} ms\n`,
    );
  });
});

/** 20,000 jobs of one file that waits to be opened, one of them with 100,000 pages to read besides; statistics are up to date. */
async function fill({ database, tenantId }: Scene): Promise<void> {
  const client = new pg.Client({ connectionString: database.superuserUrl });
  await client.connect();
  // Without the checks of foreign keys this takes a third of the time.
  await client.query('SET session_replication_role = replica');
  for (const statement of [
    `INSERT INTO jobs (id, tenant_id, name, status, options, files_total, master_key_id, wrapped_key, created_at)
     SELECT gen_random_uuid(), '${tenantId}', 'name-' || n, CASE n % 1000 WHEN 7 THEN 'partial' ELSE 'reading' END,
       '{"priority": 5}', 1, 'k1', '', '2026-01-01'::timestamptz + n * interval '1 second'
     FROM generate_series(1, ${JOBS}) n`,
    `INSERT INTO files (job_id, file_index, tenant_id, name, media_type, bytes, sha256)
     SELECT id, 0, tenant_id, name, 'image/png', 1, 'ab' FROM jobs`,
    // The oldest are claimed and opened in the tests, and have no pages before.
    `INSERT INTO pages (job_id, file_index, frame, tenant_id, number, version, cache_key)
     SELECT id, 0, n - 1, tenant_id, n, n, sha256((name || n)::bytea) FROM jobs, generate_series(1, CASE name WHEN 'name-4321' THEN 2000 ELSE 1 END) n
     WHERE created_at > '2026-01-01T00:10:00Z'`,
    "INSERT INTO page_texts SELECT job_id, file_index, frame, tenant_id, '' FROM pages",
    // One that has ended with a failed page.
    "UPDATE jobs SET finished_at = now(), files_opened = 1, pages_made = 1, pages_total = 1, pages_failed = 1 WHERE name = 'name-1007'",
    "UPDATE pages SET status = 'failed', error_code = 'page_timeout' WHERE job_id = (SELECT id FROM jobs WHERE name = 'name-1007')",
    "INSERT INTO workers (holder, readers, page_ms, seen_at) SELECT 'ocr-' || n, 2, 500, now() - n * interval '1 minute' FROM generate_series(0, 20) n",
    `INSERT INTO units (kind, job_id, tenant_id, file_index, priority, queued_at)
     SELECT 'open', id, tenant_id, 0, 5, created_at FROM jobs`,
    `INSERT INTO units (kind, job_id, tenant_id, file_index, frame, priority, queued_at)
     SELECT 'read', id, tenant_id, 0, n, 5, created_at FROM jobs, generate_series(1, ${BIG_PAGES}) n WHERE name = 'name-5'`,
    `INSERT INTO api_keys (id, tenant_id, prefix, name, scopes, hash)
     SELECT gen_random_uuid(), CASE WHEN n <= 10 THEN '${tenantId}' ELSE gen_random_uuid() END, 'p', 'n', '{read}', sha256(n::text::bytea)
     FROM generate_series(1, 5000) n`,
  ]) {
    await client.query(statement);
  }
  await client.query('VACUUM ANALYZE jobs, files, pages, page_texts, units, workers, api_keys');
  await client.end();
}

function expectFewRows(what: string, nodes: readonly PlanNode[], most = MOST_ROWS): void {
  const whole = nodes.filter((node) => node['Node Type'] === 'Seq Scan').map((node) => node['Relation Name']);
  expect([what, ...whole]).toEqual([what]);
  const read = rowsRead(nodes);
  expect([what, read <= most ? 'few rows' : `${read} rows`]).toEqual([what, 'few rows']);
}

/** Runs the statement as that role, undoes it, and gives all steps of all plans that were executed for it. */
async function nodesOf(scene: Scene, role: string, statement: string, mode = 'auto'): Promise<PlanNode[]> {
  const client = new pg.Client({ connectionString: scene.database.superuserUrl });
  await client.connect();
  const nodes: PlanNode[] = [];
  client.on('notice', ({ message }) => {
    const start = message?.indexOf('{') ?? -1;
    if (message === undefined || start < 0) return;
    nodes.push(...flatten((JSON.parse(message.slice(start)) as { Plan: PlanNode }).Plan));
  });
  try {
    await client.query("LOAD 'auto_explain'");
    for (const setting of [
      'log_min_duration = 0',
      'log_analyze = on',
      'log_nested_statements = on',
      'log_format = json',
    ]) {
      await client.query(`SET auto_explain.${setting}`);
    }
    await client.query("SELECT set_config('docusnap.tenant', $1, false)", [scene.tenantId]);
    await client.query(`SET ROLE ${role}`);
    await client.query('BEGIN');
    await client.query(`SET LOCAL plan_cache_mode = ${mode}`);
    await client.query("SET LOCAL client_min_messages = 'log'");
    await client.query(statement);
    await client.query('ROLLBACK');
    return nodes;
  } finally {
    await client.end();
  }
}

function flatten(node: PlanNode): PlanNode[] {
  return [node, ...(node.Plans ?? []).flatMap(flatten)];
}

/** Rows that steps took out of tables and indexes, those that they threw away included. */
function rowsRead(nodes: readonly PlanNode[]): number {
  const scans = nodes.filter((node) => node['Relation Name'] !== undefined || node['Index Name'] !== undefined);
  const rows = scans.map((node) => {
    const dropped = (node['Rows Removed by Filter'] ?? 0) + (node['Rows Removed by Index Recheck'] ?? 0);
    return (node['Actual Rows'] + dropped) * node['Actual Loops'];
  });
  return rows.reduce((sum, count) => sum + count, 0);
}
