-- What a job is asked to understand, and what was understood. The row is the unit of work, too: claimed, leased, renewed, swept and fenced
-- as pages are (0004_claim.sql, 0005_save.sql), by the understand lane. Locks: the job's row first where anybody waits; who begins with
-- this row (claim, renew, sweep) passes over what is locked.
--
-- SQLSTATE DS006 = nothing_to_understand.

CREATE TABLE understandings (
  job_id uuid PRIMARY KEY REFERENCES jobs ON DELETE CASCADE,
  tenant_id uuid NOT NULL,
  task text NOT NULL CHECK (task IN ('doc', 'form', 'fill', 'extract', 'classify')),
  -- An UnderstandingRequest, sealed under the job's data key.
  request bytea NOT NULL,
  -- waiting: for pages that are still read. queued: the lane may take it.
  status text NOT NULL DEFAULT 'waiting' CHECK (status IN ('waiting', 'queued', 'done', 'failed')),
  priority smallint NOT NULL CHECK (priority BETWEEN 0 AND 9),
  queued_at timestamptz(3) NOT NULL DEFAULT now(),
  -- Not claimed before (but for the millisecond that it is rounded to): a language model that was down is asked again later.
  not_before timestamptz(3) NOT NULL DEFAULT now(),
  attempt integer NOT NULL DEFAULT 0,
  claims integer NOT NULL DEFAULT 0,
  token bigint,
  holder text,
  leased_until timestamptz(3),
  -- Pages that were there when it was queued last: a retry that reads none more asks nothing again.
  pages_seen integer NOT NULL DEFAULT 0,
  -- An Understanding, sealed under the job's data key; kept until there is another.
  sealed bytea,
  error_code text,
  error_message text,
  prompt_tokens integer NOT NULL DEFAULT 0,
  completion_tokens integer NOT NULL DEFAULT 0
)
WITH (fillfactor = 70);
CREATE INDEX understandings_waiting ON understandings (tenant_id, priority DESC, queued_at, job_id) WHERE status = 'queued' AND leased_until IS NULL;
CREATE INDEX understandings_held ON understandings (leased_until) INCLUDE (tenant_id) WHERE leased_until IS NOT NULL;

ALTER TABLE understandings ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON understandings TO docusnap_api USING (tenant_id = current_tenant())
  WITH CHECK (tenant_id = current_tenant() AND EXISTS (SELECT 1 FROM jobs j WHERE j.id = job_id));
CREATE POLICY all_tenants ON understandings TO docusnap_worker USING (true);
GRANT SELECT ON understandings TO docusnap_api;
GRANT INSERT (job_id, tenant_id, task, request, status, priority) ON understandings TO docusnap_api;
GRANT SELECT, UPDATE ON understandings TO docusnap_worker;

-- Filling a form needs no pages.
ALTER TABLE jobs DROP CONSTRAINT jobs_files_total_check, ADD CONSTRAINT jobs_files_total_check CHECK (files_total >= 0);

-- As before, and what is asked to be understood.
CREATE OR REPLACE FUNCTION job_document(job jobs) RETURNS jsonb
LANGUAGE sql STABLE
RETURN (to_jsonb(job) - ARRAY['wrapped_key', 'master_key_id']) || jsonb_build_object(
  'files', coalesce((SELECT jsonb_agg(to_jsonb(f) ORDER BY f.file_index) FROM files f WHERE f.job_id = job.id), '[]'),
  'understanding', (
    SELECT jsonb_build_object('task', u.task, 'status', u.status, 'error_code', u.error_code, 'error_message', u.error_message)
    FROM understandings u WHERE u.job_id = job.id));

-- As before. new_job.task with `request`: what is to be understood once the pages are read; of a job without files, at once.
DROP FUNCTION create_job(jsonb, bytea);
CREATE FUNCTION create_job(new_job jsonb, wrapped_key bytea, request bytea DEFAULT NULL) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
  created jobs;
  no_files boolean := jsonb_array_length(new_job -> 'files') = 0;
BEGIN
  PERFORM set_config('docusnap.tenant', new_job ->> 'tenant_id', true);
  INSERT INTO jobs (id, tenant_id, name, status, options, metadata, files_total, pages_total, master_key_id, wrapped_key, started_at)
  VALUES ((new_job ->> 'id')::uuid, current_tenant(), new_job ->> 'name', CASE WHEN no_files THEN 'understanding' ELSE 'queued' END,
    new_job -> 'options', nullif(new_job -> 'metadata', 'null'), jsonb_array_length(new_job -> 'files'), CASE WHEN no_files THEN 0 END,
    new_job ->> 'master_key_id', create_job.wrapped_key, CASE WHEN no_files THEN now() END)
  RETURNING * INTO created;
  INSERT INTO files (job_id, file_index, tenant_id, name, media_type, bytes, sha256)
  SELECT created.id, f.position - 1, created.tenant_id, f.body ->> 'name', f.body ->> 'media_type',
    (f.body ->> 'bytes')::bigint, f.body ->> 'sha256'
  FROM jsonb_array_elements(new_job -> 'files') WITH ORDINALITY f (body, position);
  INSERT INTO units (kind, job_id, tenant_id, file_index, priority, queued_at)
  SELECT 'open', created.id, created.tenant_id, file_index, (created.options ->> 'priority')::smallint, created.created_at
  FROM generate_series(0, created.files_total - 1) file_index;
  IF request IS NOT NULL THEN
    INSERT INTO understandings (job_id, tenant_id, task, request, status, priority)
    VALUES (created.id, created.tenant_id, new_job ->> 'task', request, CASE WHEN no_files THEN 'queued' ELSE 'waiting' END,
      (created.options ->> 'priority')::smallint);
  END IF;
  RETURN job_document(created);
END $$;

-- The job after a unit of it ended: one version further, ended once nothing is left; with pages read and something asked of them, the lane comes before
-- the end. The caller holds the job's row, has counted its own change in, and names its failure if it has one. Pages are numbered by then (0007).
CREATE OR REPLACE FUNCTION advance_job(unit_job uuid, failure_code text, failure_message text) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  job jobs;
  all_opened boolean;
  all_read boolean;
  understands boolean;
  ended boolean;
  none_selected boolean;
BEGIN
  SELECT * INTO job FROM jobs j WHERE j.id = unit_job;
  all_opened := job.files_opened = job.files_total;
  all_read := all_opened AND job.pages_done + job.pages_failed = job.pages_made;
  understands := false;
  IF all_read THEN
    -- After a retry, again: there are pages now that it has not seen, or it failed. Filling a form has nothing to do with pages.
    UPDATE understandings u SET
      status = CASE WHEN job.pages_done > 0 THEN 'queued' ELSE 'failed' END,
      error_code = CASE WHEN job.pages_done = 0 THEN 'all_pages_failed' END,
      error_message = NULL, pages_seen = job.pages_done, queued_at = now(), not_before = now(), attempt = 0, claims = 0
    WHERE u.job_id = unit_job AND u.task <> 'fill' AND (u.status <> 'done' OR u.pages_seen < job.pages_done);
    understands := FOUND AND job.pages_done > 0;
  END IF;
  ended := all_read AND NOT understands;
  -- A file that was opened has pages; without any they were all not selected.
  none_selected := ended AND job.pages_made = 0 AND job.files_failed < job.files_total;
  UPDATE jobs j SET
    version = job.version + 1,
    started_at = coalesce(job.started_at, now()),
    pages_total = CASE WHEN all_opened THEN job.pages_made END,
    finished_at = CASE WHEN ended THEN now() END,
    status = CASE
      WHEN NOT all_opened THEN 'opening'
      WHEN NOT all_read THEN 'reading'
      WHEN understands THEN 'understanding'
      WHEN none_selected THEN 'failed'
      WHEN job.files_failed + job.pages_failed = 0 THEN 'completed'
      WHEN job.pages_done > 0 THEN 'partial'
      ELSE 'failed'
    END,
    -- Where nothing was read and only one thing failed, that failure, which is then the caller's, says why better than a summary.
    error_code = CASE
      WHEN none_selected THEN 'no_such_pages'
      WHEN ended AND job.pages_done = 0 THEN
        CASE WHEN job.files_failed + job.pages_failed = 1 THEN failure_code ELSE 'all_pages_failed' END END,
    error_message = CASE WHEN ended AND job.pages_done = 0 AND job.files_failed + job.pages_failed = 1 AND NOT none_selected
      THEN failure_message END
  WHERE j.id = unit_job;
  -- With what has changed, so that those who wait for the end need not ask after every page.
  PERFORM pg_notify('docusnap_jobs', concat_ws(' ', unit_job, job.version + 1, ended));
END $$;

-- Claims the next for the holder, with a new token and a lease by this server's clock: of the tenant that has the fewest in hand, its highest
-- priority, then the oldest. No row: nothing waits.
CREATE FUNCTION claim_understanding(new_holder text, lease_seconds integer)
RETURNS TABLE (job_id uuid, tenant_id uuid, task text, request bytea, token bigint, attempt integer, master_key_id text, wrapped_key bytea)
LANGUAGE plpgsql AS $$
DECLARE
  candidate uuid;
  claimed understandings;
BEGIN
  FOR candidate IN
    -- From one tenant that waits to the next, and of each only the first few: those behind may be many.
    WITH RECURSIVE tenants_waiting AS (
      (SELECT u.tenant_id FROM understandings u WHERE u.status = 'queued' AND u.leased_until IS NULL ORDER BY u.tenant_id LIMIT 1)
      UNION ALL
      SELECT next.tenant_id FROM tenants_waiting t, LATERAL (
        SELECT u.tenant_id FROM understandings u WHERE u.status = 'queued' AND u.leased_until IS NULL AND u.tenant_id > t.tenant_id
        ORDER BY u.tenant_id LIMIT 1) next
    ), held AS (
      SELECT h.tenant_id, count(*) AS in_hand FROM understandings h WHERE h.leased_until IS NOT NULL GROUP BY h.tenant_id
    )
    SELECT first.job_id FROM tenants_waiting t LEFT JOIN held USING (tenant_id), LATERAL (
      SELECT n.job_id, n.queued_at, row_number() OVER (ORDER BY n.priority DESC, n.queued_at, n.job_id) AS place FROM understandings n
      WHERE n.status = 'queued' AND n.leased_until IS NULL AND n.tenant_id = t.tenant_id AND n.not_before <= now() + interval '1 ms'
      ORDER BY n.priority DESC, n.queued_at, n.job_id LIMIT 16) first
    ORDER BY coalesce(held.in_hand, 0) + first.place, first.queued_at, first.job_id
  LOOP
    -- What another claim is just taking is passed over.
    UPDATE understandings u SET
      attempt = u.attempt + 1,
      claims = u.claims + 1,
      token = nextval('unit_tokens'),
      holder = new_holder,
      leased_until = clock_timestamp() + make_interval(secs => lease_seconds)
    WHERE u.job_id = (
      SELECT l.job_id FROM understandings l
      WHERE l.job_id = candidate AND l.status = 'queued' AND l.leased_until IS NULL FOR NO KEY UPDATE SKIP LOCKED)
    RETURNING u.* INTO claimed;
    EXIT WHEN FOUND;
  END LOOP;
  IF claimed.job_id IS NULL THEN
    RETURN;
  END IF;
  RETURN QUERY
    SELECT claimed.job_id, claimed.tenant_id, claimed.task, claimed.request, claimed.token, claimed.attempt, j.master_key_id, j.wrapped_key
    FROM jobs j WHERE j.id = claimed.job_id;
END $$;

-- Ids of those that the caller still holds; their leases are renewed, or taken again unless another claim came first.
CREATE FUNCTION renew_understandings(job_ids uuid[], tokens bigint[], lease_seconds integer) RETURNS SETOF uuid
LANGUAGE plpgsql AS $$
BEGIN
  UPDATE understandings u SET leased_until = now() + make_interval(secs => lease_seconds)
  WHERE u.job_id IN (
    SELECT l.job_id FROM unnest(job_ids, tokens) AS mine (job_id, token)
    JOIN understandings l ON l.job_id = mine.job_id AND l.token = mine.token FOR NO KEY UPDATE OF l SKIP LOCKED);
  RETURN QUERY
    SELECT u.job_id FROM unnest(job_ids, tokens) AS mine (job_id, token)
    JOIN understandings u ON u.job_id = mine.job_id AND u.token = mine.token;
END $$;

-- It is done (sealed) or has failed for good (failure_code), and so its job has ended: whole where nothing failed, without anything to
-- deliver failed, else partial.
CREATE FUNCTION finish_understanding(ended_job uuid, held_token bigint, new_sealed bytea, failure_code text, failure_message text,
  new_prompt_tokens integer, new_completion_tokens integer) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  job jobs;
BEGIN
  SELECT * INTO job FROM jobs j WHERE j.id = ended_job FOR NO KEY UPDATE;
  UPDATE understandings u SET
    status = CASE WHEN failure_code IS NULL THEN 'done' ELSE 'failed' END,
    sealed = coalesce(new_sealed, u.sealed), error_code = failure_code, error_message = failure_message,
    prompt_tokens = u.prompt_tokens + new_prompt_tokens, completion_tokens = u.completion_tokens + new_completion_tokens,
    token = NULL, holder = NULL, leased_until = NULL
  WHERE u.job_id = ended_job AND u.token = held_token AND u.status = 'queued';
  IF NOT FOUND THEN
    RAISE EXCEPTION 'the understanding of job % is no longer held with token %', ended_job, held_token USING ERRCODE = 'DS001';
  END IF;
  PERFORM end_understood_job(job, failure_code, failure_message);
END $$;

CREATE FUNCTION end_understood_job(job jobs, failure_code text, failure_message text) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  UPDATE jobs j SET
    version = job.version + 1,
    finished_at = now(),
    status = CASE
      WHEN failure_code IS NULL AND job.files_failed + job.pages_failed = 0 THEN 'completed'
      WHEN failure_code IS NULL OR job.pages_done > 0 THEN 'partial'
      ELSE 'failed'
    END,
    error_code = CASE WHEN job.pages_done = 0 THEN failure_code END,
    error_message = CASE WHEN job.pages_done = 0 THEN failure_message END
  WHERE j.id = job.id;
  PERFORM pg_notify('docusnap_jobs', concat_ws(' ', job.id, job.version + 1, true));
END $$;

-- Handed back: to be claimed again after a while. `as_if_unclaimed` where the holder is stopping; the tokens counted so far stay counted.
CREATE FUNCTION release_understanding(held_job uuid, held_token bigint, wait_seconds double precision, as_if_unclaimed boolean,
  new_prompt_tokens integer, new_completion_tokens integer) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  UPDATE understandings u SET
    attempt = u.attempt - as_if_unclaimed::integer, claims = u.claims - as_if_unclaimed::integer,
    prompt_tokens = u.prompt_tokens + new_prompt_tokens, completion_tokens = u.completion_tokens + new_completion_tokens,
    not_before = now() + make_interval(secs => wait_seconds), token = NULL, holder = NULL, leased_until = NULL
  WHERE u.job_id = held_job AND u.token = held_token;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'the understanding of job % is no longer held with token %', held_job, held_token USING ERRCODE = 'DS001';
  END IF;
END $$;

-- Makes those claimable again whose lease ran out, or fails those that were claimed too often.
CREATE FUNCTION sweep_understandings(most_claims integer, failure_code text) RETURNS TABLE (released integer, exhausted integer)
LANGUAGE plpgsql SET enable_seqscan = off AS $$
DECLARE
  candidate uuid;
  job jobs;
BEGIN
  exhausted := 0;
  FOR candidate IN SELECT u.job_id FROM understandings u WHERE u.leased_until < now() AND u.claims >= most_claims LOOP
    SELECT * INTO job FROM jobs j WHERE j.id = candidate FOR NO KEY UPDATE SKIP LOCKED;
    CONTINUE WHEN NOT FOUND;
    UPDATE understandings u SET status = 'failed', error_code = failure_code, token = NULL, holder = NULL, leased_until = NULL
    WHERE u.job_id = (SELECT l.job_id FROM understandings l WHERE l.job_id = candidate AND l.leased_until < now() FOR NO KEY UPDATE SKIP LOCKED);
    CONTINUE WHEN NOT FOUND;
    PERFORM end_understood_job(job, failure_code, NULL);
    exhausted := exhausted + 1;
  END LOOP;
  UPDATE understandings u SET leased_until = NULL WHERE u.job_id IN (
    SELECT l.job_id FROM understandings l WHERE l.leased_until < now() AND l.claims < most_claims FOR NO KEY UPDATE SKIP LOCKED);
  GET DIAGNOSTICS released = ROW_COUNT;
  RETURN NEXT;
END $$;

-- How many could be claimed now, counted no further than `most`: to ring for them.
CREATE FUNCTION waiting_understandings(most bigint) RETURNS bigint
LANGUAGE sql STABLE SET enable_seqscan = off
RETURN (SELECT count(*) FROM (
  SELECT 1 FROM understandings u WHERE u.status = 'queued' AND u.leased_until IS NULL AND u.not_before <= now() + interval '1 ms' LIMIT most) counted);

-- Asks something of the pages of an ended job: the lane takes it again, pages are not read again. No row: this tenant has no such job.
-- Runs as the owner, as retry_job does and for the same reason.
CREATE FUNCTION understand_job(tenant uuid, ended_job uuid, new_task text, new_request bytea) RETURNS TABLE (job jsonb)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  ended jobs;
BEGIN
  SELECT * INTO ended FROM jobs j WHERE j.id = ended_job AND j.tenant_id = tenant FOR NO KEY UPDATE;
  IF NOT FOUND THEN
    RETURN;
  END IF;
  IF ended.finished_at IS NULL THEN
    RAISE EXCEPTION 'job % has not ended', ended.id USING ERRCODE = 'DS004';
  END IF;
  -- Filling a form needs none.
  IF ended.pages_done = 0 AND new_task <> 'fill' THEN
    RAISE EXCEPTION 'job % has no pages that were read', ended.id USING ERRCODE = 'DS006';
  END IF;
  INSERT INTO understandings AS u (job_id, tenant_id, task, request, status, priority, pages_seen)
  VALUES (ended.id, ended.tenant_id, new_task, new_request, 'queued', (ended.options ->> 'priority')::smallint, ended.pages_done)
  ON CONFLICT (job_id) DO UPDATE SET task = new_task, pages_seen = ended.pages_done, request = new_request, status = 'queued', queued_at = now(), not_before = now(),
    attempt = 0, claims = 0, sealed = NULL, error_code = NULL, error_message = NULL, token = NULL, holder = NULL, leased_until = NULL;
  UPDATE jobs j SET status = 'understanding', finished_at = NULL, error_code = NULL, error_message = NULL, version = ended.version + 1
  WHERE j.id = ended.id RETURNING j.* INTO ended;
  PERFORM pg_notify('docusnap_jobs', concat_ws(' ', ended.id, ended.version, false));
  job := job_document(ended);
  RETURN NEXT;
END $$;

-- What was understood, with what opens it. No row: no such job, or nothing was asked of it.
CREATE FUNCTION read_understanding(tenant uuid, understood_job uuid)
RETURNS TABLE (status text, sealed bytea, error_code text, error_message text, master_key_id text, wrapped_key bytea)
LANGUAGE plpgsql AS $$
BEGIN
  PERFORM set_config('docusnap.tenant', tenant::text, true);
  RETURN QUERY
    SELECT u.status, u.sealed, u.error_code, u.error_message, j.master_key_id, j.wrapped_key
    FROM understandings u JOIN jobs j ON j.id = u.job_id WHERE u.job_id = understood_job;
END $$;

GRANT EXECUTE ON FUNCTION create_job(jsonb, bytea, bytea), understand_job(uuid, uuid, text, bytea), read_understanding(uuid, uuid)
  TO docusnap_api;
GRANT EXECUTE ON FUNCTION claim_understanding(text, integer), renew_understandings(uuid[], bigint[], integer),
  finish_understanding(uuid, bigint, bytea, text, text, integer, integer), end_understood_job(jobs, text, text),
  release_understanding(uuid, bigint, double precision, boolean, integer, integer), sweep_understandings(integer, text),
  waiting_understandings(bigint) TO docusnap_worker;
