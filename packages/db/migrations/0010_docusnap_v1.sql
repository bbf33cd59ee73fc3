-- Tasks of the DocuSnap v1 protocol: who asked what under which hash, and the job that does it. All belong to one tenant of their own.
-- Once a task has ended, its result lies here, under the client's own key, and the job with all that was sent is erased.

CREATE TABLE v1_tasks (
  -- SHA-256 of the client's id, which is its secret.
  client bytea NOT NULL,
  -- As the client named it, lower-case hex.
  sha256 text NOT NULL,
  type text NOT NULL CHECK (type IN ('doc', 'form', 'fill')),
  tenant_id uuid NOT NULL REFERENCES tenants ON DELETE CASCADE,
  status text NOT NULL DEFAULT 'processing' CHECK (status IN ('processing', 'completed', 'error')),
  -- A keyed hash of the address it came from, to count by; null once it has ended.
  source bytea,
  -- The job that does it; null once that is erased. No foreign key: a task outlives its job, and still names it while blobs are left.
  job_id uuid,
  -- Under the client's key.
  result bytea,
  -- A code of the protocol.
  error_detail text,
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  accessed_at timestamptz(3) NOT NULL DEFAULT now(),
  PRIMARY KEY (client, sha256, type)
);
CREATE INDEX v1_tasks_running ON v1_tasks (created_at) WHERE status = 'processing';
CREATE INDEX v1_tasks_erasable ON v1_tasks (accessed_at) WHERE status <> 'processing' AND job_id IS NOT NULL;
CREATE INDEX v1_tasks_accessed ON v1_tasks (accessed_at);
CREATE INDEX v1_tasks_job ON v1_tasks (job_id);
-- Ciphertext does not compress; trying would only cost time.
ALTER TABLE v1_tasks ALTER COLUMN result SET STORAGE EXTERNAL;

ALTER TABLE v1_tasks ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON v1_tasks TO docusnap_api USING (tenant_id = current_tenant());
CREATE POLICY all_tenants ON v1_tasks TO docusnap_worker USING (true);
GRANT SELECT, INSERT, DELETE ON v1_tasks TO docusnap_api;
GRANT UPDATE (status, source, job_id, result, error_detail, accessed_at) ON v1_tasks TO docusnap_api;

-- How the job of a task stands: null while it works, 'completed', or the code of our own that it failed with. One page that could not be
-- read is a failure, since a v1 result has no word for what it leaves out.
CREATE FUNCTION v1_job_outcome(task v1_tasks) RETURNS text
LANGUAGE sql STABLE
RETURN (
  SELECT CASE
    WHEN count(*) = 0 THEN 'job_not_found'
    WHEN bool_or(j.finished_at IS NULL) THEN NULL
    WHEN bool_or(j.files_failed + j.pages_failed > 0) THEN 'all_pages_failed'
    WHEN bool_and(u.status = 'done') THEN 'completed'
    ELSE coalesce(min(u.error_code), min(j.error_code), 'internal')
  END
  FROM jobs j LEFT JOIN understandings u ON u.job_id = j.id WHERE j.id = task.job_id);

-- The task as it stands, seen now. No row: there is none. Status 'gone': its result was kept long enough since it was last seen, and is
-- dropped; of the job blobs may be left.
CREATE FUNCTION poll_v1_task(tenant uuid, wanted_client bytea, wanted_sha256 text, wanted_type text, keep_seconds integer)
RETURNS TABLE (status text, result bytea, error_detail text, job_id uuid, age_seconds double precision, outcome text)
LANGUAGE plpgsql AS $$
DECLARE
  task v1_tasks;
BEGIN
  PERFORM set_config('docusnap.tenant', tenant::text, true);
  SELECT * INTO task FROM v1_tasks t WHERE t.client = wanted_client AND t.sha256 = wanted_sha256 AND t.type = wanted_type;
  IF NOT FOUND THEN
    RETURN;
  END IF;
  IF task.accessed_at < now() - make_interval(secs => keep_seconds) THEN
    DELETE FROM jobs j WHERE j.id = task.job_id;
    DELETE FROM v1_tasks t WHERE t.client = wanted_client AND t.sha256 = wanted_sha256 AND t.type = wanted_type;
    RETURN QUERY SELECT 'gone', NULL::bytea, NULL::text, task.job_id, NULL::double precision, NULL::text;
    RETURN;
  END IF;
  -- A task at work is polled twice a second, and kept until it has ended anyway.
  IF task.status <> 'processing' THEN
    UPDATE v1_tasks t SET accessed_at = now() WHERE t.client = wanted_client AND t.sha256 = wanted_sha256 AND t.type = wanted_type;
  END IF;
  RETURN QUERY SELECT task.status, task.result, task.error_detail, task.job_id,
    extract(epoch FROM now() - task.created_at)::double precision,
    CASE WHEN task.status = 'processing' THEN v1_job_outcome(task) END;
END $$;

-- A new task and its job, or without a job one that has failed already. False: there is one by now, and nothing was made.
CREATE FUNCTION submit_v1_task(tenant uuid, new_client bytea, new_sha256 text, new_type text, new_source bytea, failed_with text,
  new_job jsonb, wrapped_key bytea, request bytea) RETURNS boolean
LANGUAGE plpgsql AS $$
BEGIN
  PERFORM set_config('docusnap.tenant', tenant::text, true);
  -- Of two at a time the second waits here for the first.
  INSERT INTO v1_tasks (client, sha256, type, tenant_id, status, source, job_id, error_detail)
  VALUES (new_client, new_sha256, new_type, tenant, CASE WHEN failed_with IS NULL THEN 'processing' ELSE 'error' END,
    CASE WHEN failed_with IS NULL THEN new_source END, (new_job ->> 'id')::uuid, failed_with)
  ON CONFLICT DO NOTHING;
  IF NOT FOUND THEN
    RETURN false;
  END IF;
  IF failed_with IS NULL THEN
    PERFORM create_job(new_job, wrapped_key, request);
  END IF;
  RETURN true;
END $$;

-- Tasks whose jobs work just now: the client's, those from its address, and all.
CREATE FUNCTION running_v1_tasks(tenant uuid, of_client bytea, of_source bytea) RETURNS TABLE (client integer, source integer, total integer)
LANGUAGE plpgsql AS $$
BEGIN
  PERFORM set_config('docusnap.tenant', tenant::text, true);
  RETURN QUERY
    SELECT count(*) FILTER (WHERE t.client = of_client)::integer, count(*) FILTER (WHERE t.source = of_source)::integer, count(*)::integer
    FROM v1_tasks t JOIN jobs j ON j.id = t.job_id WHERE t.status = 'processing' AND j.finished_at IS NULL;
END $$;

-- The task has ended: with what was understood, or with a code. Nothing changes where it had already.
CREATE FUNCTION settle_v1_task(tenant uuid, of_job uuid, failed_with text) RETURNS TABLE (status text, result bytea, error_detail text)
LANGUAGE plpgsql AS $$
BEGIN
  PERFORM set_config('docusnap.tenant', tenant::text, true);
  UPDATE v1_tasks t SET
    status = CASE WHEN failed_with IS NULL THEN 'completed' ELSE 'error' END,
    result = CASE WHEN failed_with IS NULL THEN (SELECT u.sealed FROM understandings u WHERE u.job_id = of_job) END,
    error_detail = failed_with, source = NULL, accessed_at = now()
  WHERE t.job_id = of_job AND t.status = 'processing';
  RETURN QUERY SELECT t.status, t.result, t.error_detail FROM v1_tasks t WHERE t.job_id = of_job;
END $$;

-- The language model was not there for as long as the lane tries: it is asked again after a while, since clients take a failure for the end. Says
-- whether there was anything to ask again. Runs as the owner, as understand_job does and for the same reason.
CREATE FUNCTION resume_v1_job(tenant uuid, failed_job uuid, wait_seconds integer) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  ended jobs;
BEGIN
  SELECT * INTO ended FROM jobs j WHERE j.id = failed_job AND j.tenant_id = tenant AND j.finished_at IS NOT NULL FOR NO KEY UPDATE;
  IF NOT FOUND OR NOT EXISTS (SELECT 1 FROM v1_tasks t WHERE t.job_id = failed_job AND t.status = 'processing') THEN
    RETURN false;
  END IF;
  UPDATE understandings u SET status = 'queued', not_before = now() + make_interval(secs => wait_seconds), attempt = 0, claims = 0,
    error_code = NULL, error_message = NULL
  WHERE u.job_id = failed_job AND u.status = 'failed';
  IF NOT FOUND THEN
    RETURN false;
  END IF;
  UPDATE jobs j SET status = 'understanding', finished_at = NULL, error_code = NULL, error_message = NULL, version = ended.version + 1
  WHERE j.id = failed_job;
  PERFORM pg_notify('docusnap_jobs', concat_ws(' ', failed_job, ended.version + 1, false));
  RETURN true;
END $$;

-- What nobody polls for: tasks whose jobs have ended, or that are older than they may get. Oldest first.
CREATE FUNCTION unsettled_v1_tasks(tenant uuid, oldest_seconds integer, most integer)
RETURNS TABLE (job_id uuid, type text, age_seconds double precision, outcome text)
LANGUAGE plpgsql AS $$
BEGIN
  PERFORM set_config('docusnap.tenant', tenant::text, true);
  RETURN QUERY
    SELECT t.job_id, t.type, extract(epoch FROM now() - t.created_at)::double precision, v1_job_outcome(t)
    FROM v1_tasks t WHERE t.status = 'processing'
      AND (v1_job_outcome(t) IS NOT NULL OR t.created_at < now() - make_interval(secs => oldest_seconds))
    ORDER BY t.created_at LIMIT most;
END $$;

-- Jobs of tasks that have ended, whose blobs can go, and then they (forget_v1_jobs).
CREATE FUNCTION erasable_v1_jobs(tenant uuid, most integer) RETURNS SETOF uuid
LANGUAGE plpgsql AS $$
BEGIN
  PERFORM set_config('docusnap.tenant', tenant::text, true);
  RETURN QUERY SELECT t.job_id FROM v1_tasks t WHERE t.status <> 'processing' AND t.job_id IS NOT NULL ORDER BY t.accessed_at LIMIT most;
END $$;

CREATE FUNCTION forget_v1_jobs(tenant uuid, job_ids uuid[]) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  PERFORM set_config('docusnap.tenant', tenant::text, true);
  DELETE FROM jobs j WHERE j.id = ANY (job_ids);
  UPDATE v1_tasks t SET job_id = NULL WHERE t.job_id = ANY (job_ids);
END $$;

-- Results that were kept long enough since they were last seen; their jobs are erased before.
CREATE FUNCTION drop_old_v1_tasks(tenant uuid, keep_seconds integer) RETURNS integer
LANGUAGE plpgsql AS $$
DECLARE
  dropped integer;
BEGIN
  PERFORM set_config('docusnap.tenant', tenant::text, true);
  DELETE FROM v1_tasks t
  WHERE t.accessed_at < now() - make_interval(secs => keep_seconds) AND t.status <> 'processing' AND t.job_id IS NULL;
  GET DIAGNOSTICS dropped = ROW_COUNT;
  RETURN dropped;
END $$;

-- The jobs of a client's tasks, or of one task where its hash and type are given.
CREATE FUNCTION v1_jobs_of_client(tenant uuid, of_client bytea, of_sha256 text, of_type text) RETURNS SETOF uuid
LANGUAGE plpgsql AS $$
BEGIN
  PERFORM set_config('docusnap.tenant', tenant::text, true);
  RETURN QUERY SELECT t.job_id FROM v1_tasks t
  WHERE t.client = of_client AND (of_sha256 IS NULL OR t.sha256 = of_sha256) AND (of_type IS NULL OR t.type = of_type) AND t.job_id IS NOT NULL;
END $$;

-- Those tasks with their jobs, if any work still. Gives the jobs, of which blobs may be left. Jobs go before tasks, as in forget_v1_jobs, so
-- that neither waits for the other.
CREATE FUNCTION clear_v1_tasks(tenant uuid, of_client bytea, of_sha256 text, of_type text) RETURNS SETOF uuid
LANGUAGE plpgsql AS $$
DECLARE
  cleared uuid[];
BEGIN
  PERFORM set_config('docusnap.tenant', tenant::text, true);
  DELETE FROM jobs j WHERE j.id IN (SELECT v1_jobs_of_client(tenant, of_client, of_sha256, of_type));
  WITH gone AS (
    DELETE FROM v1_tasks t
    WHERE t.client = of_client AND (of_sha256 IS NULL OR t.sha256 = of_sha256) AND (of_type IS NULL OR t.type = of_type)
    RETURNING t.job_id
  )
  SELECT array_agg(g.job_id) INTO cleared FROM gone g WHERE g.job_id IS NOT NULL;
  -- Of tasks that were submitted just now.
  DELETE FROM jobs j WHERE j.id = ANY (cleared);
  RETURN QUERY SELECT unnest(cleared);
END $$;

GRANT EXECUTE ON FUNCTION v1_job_outcome(v1_tasks), poll_v1_task(uuid, bytea, text, text, integer),
  submit_v1_task(uuid, bytea, text, text, bytea, text, jsonb, bytea, bytea), running_v1_tasks(uuid, bytea, bytea),
  settle_v1_task(uuid, uuid, text), resume_v1_job(uuid, uuid, integer), unsettled_v1_tasks(uuid, integer, integer), erasable_v1_jobs(uuid, integer),
  forget_v1_jobs(uuid, uuid[]), drop_old_v1_tasks(uuid, integer), v1_jobs_of_client(uuid, bytea, text, text),
  clear_v1_tasks(uuid, bytea, text, text) TO docusnap_api;
