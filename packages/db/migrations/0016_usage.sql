-- What tenants and keys used, day by day. It is counted when a job ends or goes, not with each page: a save costs nothing more. Each end adds
-- a row, which nobody waits for; the sweep adds the rows up by day. So no row is hot, and what is counted outlives the jobs.

-- What of a job has been counted: a job that is retried, or asked again, ends more than once.
ALTER TABLE jobs ADD COLUMN counted jsonb;

CREATE TABLE usage_entries (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  tenant_id uuid NOT NULL REFERENCES tenants ON DELETE CASCADE,
  key_id uuid,
  -- By UTC; of the end of the job.
  day date NOT NULL,
  jobs integer NOT NULL,
  jobs_failed integer NOT NULL,
  files integer NOT NULL,
  bytes bigint NOT NULL,
  pages integer NOT NULL,
  pages_failed integer NOT NULL,
  -- Among the pages.
  pages_cached integer NOT NULL,
  prompt_tokens bigint NOT NULL,
  completion_tokens bigint NOT NULL
);

CREATE TABLE usage_days (
  tenant_id uuid NOT NULL REFERENCES tenants ON DELETE CASCADE,
  day date NOT NULL,
  -- The null UUID for jobs that came without a key.
  key_id uuid NOT NULL,
  jobs bigint NOT NULL,
  jobs_failed bigint NOT NULL,
  files bigint NOT NULL,
  bytes bigint NOT NULL,
  pages bigint NOT NULL,
  pages_failed bigint NOT NULL,
  pages_cached bigint NOT NULL,
  prompt_tokens bigint NOT NULL,
  completion_tokens bigint NOT NULL,
  PRIMARY KEY (tenant_id, day, key_id)
);

ALTER TABLE usage_entries ENABLE ROW LEVEL SECURITY;
ALTER TABLE usage_days ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON usage_entries TO docusnap_api USING (tenant_id = current_tenant());
CREATE POLICY own_tenant ON usage_days TO docusnap_api USING (tenant_id = current_tenant());
CREATE POLICY all_tenants ON usage_entries TO docusnap_worker USING (true);
CREATE POLICY all_tenants ON usage_days TO docusnap_worker USING (true);
GRANT SELECT ON usage_entries, usage_days TO docusnap_api;
-- UPDATE only to lock what it is about to delete.
GRANT SELECT, UPDATE, DELETE ON usage_entries TO docusnap_worker;
GRANT SELECT, INSERT, UPDATE ON usage_days TO docusnap_worker;

-- What a job used so far.
CREATE FUNCTION job_usage(job jobs) RETURNS jsonb
LANGUAGE sql STABLE
RETURN (
  SELECT jsonb_build_object('jobs', 1, 'jobs_failed', (job.status = 'failed')::integer, 'files', job.files_total, 'bytes', f.bytes,
    'pages', job.pages_done, 'pages_failed', job.pages_failed, 'pages_cached', c.cached,
    'prompt_tokens', coalesce(u.prompt_tokens, 0), 'completion_tokens', coalesce(u.completion_tokens, 0))
  FROM (SELECT coalesce(sum(bytes), 0) AS bytes FROM files WHERE job_id = job.id) f
    CROSS JOIN (SELECT count(*) AS cached FROM pages WHERE job_id = job.id AND stages ? 'cached') c
    LEFT JOIN understandings u ON u.job_id = job.id
);

-- Adds what was not counted yet. Nothing for a tenant that is going with its jobs.
CREATE FUNCTION add_usage(job jobs, used jsonb) RETURNS void
LANGUAGE sql
BEGIN ATOMIC
  INSERT INTO usage_entries (tenant_id, key_id, day, jobs, jobs_failed, files, bytes, pages, pages_failed, pages_cached, prompt_tokens,
    completion_tokens)
  SELECT t.id, job.key_id, (now() AT TIME ZONE 'UTC')::date, n.jobs - o.jobs, n.jobs_failed - o.jobs_failed, n.files - o.files,
    n.bytes - o.bytes, n.pages - o.pages, n.pages_failed - o.pages_failed, n.pages_cached - o.pages_cached,
    n.prompt_tokens - o.prompt_tokens, n.completion_tokens - o.completion_tokens
  FROM tenants t,
    jsonb_populate_record(NULL::usage_entries, used) n,
    jsonb_populate_record(NULL::usage_entries, coalesce(job.counted, '{"jobs": 0, "jobs_failed": 0, "files": 0, "bytes": 0, "pages": 0,
      "pages_failed": 0, "pages_cached": 0, "prompt_tokens": 0, "completion_tokens": 0}')) o
  WHERE t.id = job.tenant_id AND used IS DISTINCT FROM job.counted;
END;

-- Ends and erasures are the worker's and the API's, who may not write usage otherwise: so these run as the owner.
CREATE FUNCTION count_ended_job() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  used jsonb := job_usage(NEW);
BEGIN
  PERFORM add_usage(NEW, used);
  NEW.counted := used;
  RETURN NEW;
END $$;
CREATE TRIGGER jobs_count_ended BEFORE UPDATE OF finished_at ON jobs FOR EACH ROW
  WHEN (NEW.finished_at IS NOT NULL AND OLD.finished_at IS NULL) EXECUTE FUNCTION count_ended_job();

-- Erased before it ended: what was read of it was read. Before the delete, while its rows are there.
CREATE FUNCTION count_erased_job() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM add_usage(OLD, job_usage(OLD));
  RETURN OLD;
END $$;
CREATE TRIGGER jobs_count_erased BEFORE DELETE ON jobs FOR EACH ROW WHEN (OLD.finished_at IS NULL) EXECUTE FUNCTION count_erased_job();

-- Adds up to `most` entries to their days; how many there were. What another caller has in hand is left to that.
CREATE FUNCTION roll_up_usage(most integer) RETURNS integer
LANGUAGE sql
BEGIN ATOMIC
  WITH taken AS (
    DELETE FROM usage_entries WHERE id IN (SELECT e.id FROM usage_entries e ORDER BY e.id LIMIT most FOR UPDATE SKIP LOCKED) RETURNING *
  ), added AS (
    INSERT INTO usage_days AS d (tenant_id, day, key_id, jobs, jobs_failed, files, bytes, pages, pages_failed, pages_cached,
      prompt_tokens, completion_tokens)
    SELECT tenant_id, day, coalesce(key_id, '00000000-0000-0000-0000-000000000000'), sum(jobs), sum(jobs_failed), sum(files), sum(bytes),
      sum(pages), sum(pages_failed), sum(pages_cached), sum(prompt_tokens), sum(completion_tokens)
    -- In one order, so that two callers at the same rows wait for each other and no more.
    FROM taken GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
    ON CONFLICT (tenant_id, day, key_id) DO UPDATE SET
      jobs = d.jobs + excluded.jobs, jobs_failed = d.jobs_failed + excluded.jobs_failed, files = d.files + excluded.files,
      bytes = d.bytes + excluded.bytes, pages = d.pages + excluded.pages, pages_failed = d.pages_failed + excluded.pages_failed,
      pages_cached = d.pages_cached + excluded.pages_cached, prompt_tokens = d.prompt_tokens + excluded.prompt_tokens,
      completion_tokens = d.completion_tokens + excluded.completion_tokens
    RETURNING 1
  )
  SELECT count(*)::integer FROM taken;
END;

-- Usage of a tenant by day, by key, by both, or in all, from the first day to before the last one; what is not added up yet is in it.
CREATE FUNCTION read_usage(tenant uuid, from_day date, to_day date, by_day boolean, by_key boolean)
RETURNS TABLE (day date, key_id uuid, jobs bigint, jobs_failed bigint, files bigint, bytes bigint, pages bigint, pages_failed bigint,
  pages_cached bigint, prompt_tokens bigint, completion_tokens bigint)
LANGUAGE plpgsql AS $$
BEGIN
  PERFORM set_config('docusnap.tenant', tenant::text, true);
  RETURN QUERY
    SELECT CASE WHEN by_day THEN u.day END, CASE WHEN by_key THEN nullif(u.key_id, '00000000-0000-0000-0000-000000000000') END,
      sum(u.jobs)::bigint, sum(u.jobs_failed)::bigint, sum(u.files)::bigint, sum(u.bytes)::bigint, sum(u.pages)::bigint,
      sum(u.pages_failed)::bigint, sum(u.pages_cached)::bigint, sum(u.prompt_tokens)::bigint, sum(u.completion_tokens)::bigint
    FROM (
      SELECT d.day, d.key_id, d.jobs, d.jobs_failed, d.files, d.bytes, d.pages, d.pages_failed, d.pages_cached, d.prompt_tokens,
        d.completion_tokens
      FROM usage_days d WHERE d.tenant_id = tenant AND d.day >= from_day AND d.day < to_day
      UNION ALL
      SELECT e.day, coalesce(e.key_id, '00000000-0000-0000-0000-000000000000'), e.jobs, e.jobs_failed, e.files, e.bytes, e.pages,
        e.pages_failed, e.pages_cached, e.prompt_tokens, e.completion_tokens
      FROM usage_entries e WHERE e.tenant_id = tenant AND e.day >= from_day AND e.day < to_day) u
    GROUP BY 1, 2 ORDER BY 1, 2;
END $$;

GRANT EXECUTE ON FUNCTION read_usage(uuid, date, date, boolean, boolean) TO docusnap_api, docusnap_worker;
GRANT EXECUTE ON FUNCTION roll_up_usage(integer) TO docusnap_worker;

-- For operators: the last migration that was run. Its table has no grants.
CREATE FUNCTION last_migration() RETURNS text
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  RETURN (SELECT m.name FROM schema_migrations m ORDER BY m.id DESC LIMIT 1);
END $$;
GRANT EXECUTE ON FUNCTION last_migration() TO docusnap_worker;

CREATE INDEX usage_days_day ON usage_days (day);
