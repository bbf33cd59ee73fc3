-- The terms of a submit: requests that are carried out once however often they are sent, batches, cancelling, deadlines.
--
-- SQLSTATE DS121 = idempotency_key_in_use, DS122 = batch_not_found, DS123 = batch_full, DS124 = deadline_unreachable,
-- DS125 = job_already_ended.

-- Requests that came with an Idempotency-Key. Keys are the tenant's, not the API key's: a client whose API key was exchanged between two
-- attempts must not have its work done twice.
CREATE TABLE idempotency_keys (
  tenant_id uuid NOT NULL REFERENCES tenants ON DELETE CASCADE,
  key text NOT NULL,
  -- Who carries it out: only the holder of the token may say that it is done.
  token uuid NOT NULL,
  -- Null once it is done.
  leased_until timestamptz(3),
  -- Of the request: see services/gateway/src/once/digest.ts. Null until it is done.
  digest bytea,
  status smallint,
  location text,
  -- {jobs: [id, ...], split} or {batch: id}: what was made, to be shown as it is when the request comes again. Null for other answers.
  made jsonb,
  -- The answer's body, sealed under a key of its own. Null where it has none, where `made` stands for it, or where it held a secret.
  sealed bytea,
  master_key_id text,
  wrapped_key bytea,
  expires_at timestamptz(3) NOT NULL,
  PRIMARY KEY (tenant_id, key)
);
CREATE INDEX idempotency_keys_expired ON idempotency_keys (expires_at);
ALTER TABLE idempotency_keys ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON idempotency_keys TO docusnap_api USING (tenant_id = current_tenant());
CREATE POLICY all_tenants ON idempotency_keys TO docusnap_worker USING (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON idempotency_keys TO docusnap_api;
GRANT SELECT, UPDATE, DELETE ON idempotency_keys TO docusnap_worker;

-- Begins to carry a request out. begun: this caller has it now, since nobody had, or he who had it was silent for longer than his lease, or it was
-- forgotten. running: somebody has it, whose lease ends in so many seconds. done: see the columns.
CREATE FUNCTION begin_once(tenant uuid, wanted_key text, new_token uuid, lease_seconds integer, keep_hours integer)
RETURNS TABLE (state text, lease_left double precision, digest bytea, status smallint, location text, made jsonb, sealed bytea,
  master_key_id text, wrapped_key bytea)
LANGUAGE plpgsql AS $$
DECLARE
  there idempotency_keys;
BEGIN
  PERFORM set_config('docusnap.tenant', tenant::text, true);
  INSERT INTO idempotency_keys AS k (tenant_id, key, token, leased_until, expires_at)
  VALUES (tenant, wanted_key, new_token, clock_timestamp() + make_interval(secs => lease_seconds),
    clock_timestamp() + make_interval(hours => keep_hours))
  ON CONFLICT (tenant_id, key) DO UPDATE SET token = EXCLUDED.token, leased_until = EXCLUDED.leased_until, expires_at = EXCLUDED.expires_at,
    digest = NULL, status = NULL, location = NULL, made = NULL, sealed = NULL, master_key_id = NULL, wrapped_key = NULL
  WHERE k.leased_until < clock_timestamp() OR k.expires_at < clock_timestamp()
  RETURNING k.* INTO there;
  IF FOUND THEN
    state := 'begun';
    RETURN NEXT;
    RETURN;
  END IF;
  SELECT * INTO there FROM idempotency_keys k WHERE k.tenant_id = tenant AND k.key = wanted_key;
  state := CASE WHEN there.leased_until IS NULL AND there.token IS NOT NULL THEN 'done' ELSE 'running' END;
  lease_left := extract(epoch FROM there.leased_until - clock_timestamp());
  digest := there.digest;
  status := there.status;
  location := there.location;
  made := there.made;
  sealed := there.sealed;
  master_key_id := there.master_key_id;
  wrapped_key := there.wrapped_key;
  RETURN NEXT;
END $$;

-- Says whether the caller has it still.
CREATE FUNCTION renew_once(tenant uuid, wanted_key text, held_token uuid, lease_seconds integer) RETURNS boolean
LANGUAGE plpgsql AS $$
BEGIN
  PERFORM set_config('docusnap.tenant', tenant::text, true);
  UPDATE idempotency_keys k SET leased_until = clock_timestamp() + make_interval(secs => lease_seconds)
  WHERE k.tenant_id = tenant AND k.key = wanted_key AND k.token = held_token AND k.leased_until IS NOT NULL;
  RETURN FOUND;
END $$;

-- done: {key, token, digest (hex), status, location, made}. Raises where another has taken it over: what this caller did in the same transaction
-- is undone with it.
CREATE FUNCTION finish_once(tenant uuid, done jsonb, new_sealed bytea, new_wrapped_key bytea) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  PERFORM set_config('docusnap.tenant', tenant::text, true);
  UPDATE idempotency_keys k SET leased_until = NULL, digest = decode(done ->> 'digest', 'hex'), status = (done ->> 'status')::smallint,
    location = done ->> 'location', made = nullif(done -> 'made', 'null'), sealed = new_sealed, master_key_id = done ->> 'master_key_id',
    wrapped_key = new_wrapped_key
  WHERE k.tenant_id = tenant AND k.key = done ->> 'key' AND k.token = (done ->> 'token')::uuid AND k.leased_until IS NOT NULL;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'the request is carried out by another by now' USING ERRCODE = 'DS121';
  END IF;
END $$;

-- It was refused, or failed: the key is as if it had never been used.
CREATE FUNCTION abandon_once(tenant uuid, wanted_key text, held_token uuid) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  PERFORM set_config('docusnap.tenant', tenant::text, true);
  DELETE FROM idempotency_keys k WHERE k.tenant_id = tenant AND k.key = wanted_key AND k.token = held_token AND k.leased_until IS NOT NULL;
END $$;

CREATE FUNCTION drop_expired_idempotency_keys(most integer) RETURNS integer
LANGUAGE plpgsql AS $$
DECLARE
  dropped integer;
BEGIN
  DELETE FROM idempotency_keys k WHERE (k.tenant_id, k.key) IN (
    SELECT l.tenant_id, l.key FROM idempotency_keys l WHERE l.expires_at < now() ORDER BY l.expires_at LIMIT most FOR UPDATE SKIP LOCKED);
  GET DIAGNOSTICS dropped = ROW_COUNT;
  RETURN dropped;
END $$;

-- Many documents under one name. Its jobs name it; what is counted here is only how many it has been given.
CREATE TABLE batches (
  id uuid PRIMARY KEY,
  tenant_id uuid NOT NULL REFERENCES tenants ON DELETE CASCADE,
  name text,
  metadata jsonb,
  documents integer NOT NULL DEFAULT 0,
  created_at timestamptz(3) NOT NULL DEFAULT now()
);
CREATE INDEX batches_list ON batches (tenant_id, created_at DESC, id DESC);
ALTER TABLE batches ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON batches TO docusnap_api USING (tenant_id = current_tenant());
CREATE POLICY all_tenants ON batches TO docusnap_worker USING (true);
GRANT SELECT, INSERT, DELETE ON batches TO docusnap_api;
GRANT UPDATE (documents) ON batches TO docusnap_api;
GRANT SELECT, DELETE ON batches TO docusnap_worker;
-- To lock those that go.
GRANT UPDATE (documents) ON batches TO docusnap_worker;
CREATE INDEX jobs_batch ON jobs (batch_id, created_at DESC, id DESC) WHERE batch_id IS NOT NULL;
CREATE INDEX jobs_batch_running ON jobs (batch_id, id) WHERE batch_id IS NOT NULL AND finished_at IS NULL;
CREATE INDEX jobs_deadline ON jobs (deadline) WHERE deadline IS NOT NULL AND finished_at IS NULL;

-- Of pages, a mean is measured. A page may be read in a part of it, and readers may be added: only what would take this many times as long as there
-- is time is hopeless.
CREATE FUNCTION is_hopeless(job_id uuid, most integer, margin integer) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  job jobs;
  rate record;
  units_ahead integer;
  least_pages integer;
BEGIN
  SELECT * INTO job FROM jobs j WHERE j.id = is_hopeless.job_id AND j.tenant_id = current_tenant();
  IF job.deadline <= clock_timestamp() THEN
    RETURN true;
  END IF;
  SELECT sum(w.readers) AS readers, sum(w.readers) / nullif(sum(w.readers / w.page_ms), 0) AS page_ms INTO rate
  FROM workers w WHERE w.seen_at > now() - interval '30 seconds' AND w.page_ms IS NOT NULL AND w.readers > 0;
  IF job.files_total = 0 OR rate.page_ms IS NULL THEN
    RETURN false;
  END IF;
  SELECT p.ahead INTO units_ahead FROM job_progress(job.tenant_id, job.id, most) p;
  -- Each file has a page; of a selection it is not known which.
  least_pages := CASE WHEN job.options ? 'pages' THEN 1 ELSE job.files_total END;
  RETURN clock_timestamp() + make_interval(
    secs => ceil((coalesce(units_ahead, 0) + least_pages)::double precision / rate.readers) * rate.page_ms / 1000 / margin) > job.deadline;
END $$;

-- Jobs with their files, all or none, in their order (create_job, 0011); into a new batch, one that there is, or none. `done` as in finish_once,
-- null where the request came without a key.
CREATE FUNCTION create_jobs(tenant uuid, new_jobs jsonb[], wrapped_keys bytea[], requests bytea[], new_batch jsonb, batch_most integer,
  done jsonb) RETURNS SETOF jsonb
LANGUAGE plpgsql AS $$
DECLARE
  wanted record;
BEGIN
  PERFORM set_config('docusnap.tenant', tenant::text, true);
  IF new_batch IS NOT NULL THEN
    INSERT INTO batches (id, tenant_id, name, metadata)
    VALUES ((new_batch ->> 'id')::uuid, tenant, new_batch ->> 'name', nullif(new_batch -> 'metadata', 'null'));
  END IF;
  FOR wanted IN
    SELECT n.job, n.key, n.request FROM unnest(new_jobs, wrapped_keys, requests) WITH ORDINALITY AS n (job, key, request, place) ORDER BY n.place
  LOOP
    RETURN NEXT create_job(wanted.job, wanted.key, wanted.request);
    -- 100 units are looked at (PROGRESS.mostAhead of the contracts).
    IF wanted.job ->> 'deadline' IS NOT NULL AND is_hopeless((wanted.job ->> 'id')::uuid, 100, 4) THEN
      RAISE EXCEPTION 'job % cannot be done by its deadline', wanted.job ->> 'id' USING ERRCODE = 'DS124';
    END IF;
  END LOOP;
  -- Last, since others who add to the batch wait for its row.
  FOR wanted IN
    SELECT (n.job ->> 'batch_id')::uuid AS id, count(*)::integer AS added FROM unnest(new_jobs) AS n (job)
    WHERE n.job ->> 'batch_id' IS NOT NULL GROUP BY 1
  LOOP
    UPDATE batches b SET documents = b.documents + wanted.added WHERE b.id = wanted.id RETURNING b.documents INTO wanted.added;
    IF NOT FOUND THEN
      RAISE EXCEPTION 'there is no batch %', wanted.id USING ERRCODE = 'DS122';
    END IF;
    IF wanted.added > batch_most THEN
      RAISE EXCEPTION 'batch % would have % documents', wanted.id, wanted.added USING ERRCODE = 'DS123';
    END IF;
  END LOOP;
  IF done IS NOT NULL THEN
    PERFORM finish_once(tenant, done, NULL, NULL);
  END IF;
END $$;

-- A batch as it is: how many of its jobs stand how, and their pages. No row: this tenant has none.
CREATE FUNCTION batch_document(batch batches) RETURNS jsonb
LANGUAGE sql STABLE
RETURN to_jsonb(batch) || (
  SELECT jsonb_build_object('by_status', coalesce(jsonb_object_agg(s.status, s.jobs), '{}'), 'running', coalesce(sum(s.running), 0),
    'jobs', coalesce(sum(s.jobs), 0), 'uncounted', coalesce(sum(s.uncounted), 0), 'pages_made', coalesce(sum(s.made), 0),
    'pages_done', coalesce(sum(s.done), 0), 'pages_failed', coalesce(sum(s.failed), 0))
  FROM (
    SELECT j.status, count(*) AS jobs, count(*) FILTER (WHERE j.finished_at IS NULL) AS running,
      count(*) FILTER (WHERE j.pages_total IS NULL) AS uncounted, sum(j.pages_made) AS made, sum(j.pages_done) AS done,
      sum(j.pages_failed) AS failed
    FROM jobs j WHERE j.batch_id = batch.id GROUP BY j.status) s);

CREATE FUNCTION poll_batch(tenant uuid, batch_id uuid) RETURNS TABLE (batch jsonb, running_job uuid)
LANGUAGE plpgsql AS $$
BEGIN
  PERFORM set_config('docusnap.tenant', tenant::text, true);
  RETURN QUERY SELECT batch_document(b),
    -- The youngest: when it has ended, most others have.
    (SELECT j.id FROM jobs j WHERE j.batch_id = b.id AND j.finished_at IS NULL ORDER BY j.id DESC LIMIT 1)
  FROM batches b WHERE b.id = poll_batch.batch_id;
END $$;

-- Ids of its jobs, to erase them.
CREATE FUNCTION batch_jobs(tenant uuid, of_batch uuid, most integer) RETURNS SETOF uuid
LANGUAGE plpgsql AS $$
BEGIN
  PERFORM set_config('docusnap.tenant', tenant::text, true);
  RETURN QUERY SELECT j.id FROM jobs j WHERE j.batch_id = of_batch ORDER BY j.id LIMIT most;
END $$;

-- Once its jobs are erased. False: it has some again.
CREATE FUNCTION erase_batch(tenant uuid, gone_batch uuid) RETURNS boolean
LANGUAGE plpgsql AS $$
BEGIN
  PERFORM set_config('docusnap.tenant', tenant::text, true);
  -- Who adds to it changes its row: from here on nobody does.
  PERFORM 1 FROM batches b WHERE b.id = gone_batch FOR UPDATE;
  IF EXISTS (SELECT FROM jobs j WHERE j.batch_id = gone_batch) THEN
    RETURN false;
  END IF;
  DELETE FROM batches b WHERE b.id = gone_batch;
  RETURN true;
END $$;

-- Batches whose jobs are all erased, and those that were never given one, go a week after they were made.
CREATE FUNCTION drop_spent_batches(most integer) RETURNS integer
LANGUAGE plpgsql AS $$
DECLARE
  dropped integer;
BEGIN
  DELETE FROM batches b WHERE b.id IN (
    SELECT l.id FROM batches l
    WHERE l.created_at < now() - interval '7 days' AND NOT EXISTS (SELECT FROM jobs j WHERE j.batch_id = l.id)
    LIMIT most FOR UPDATE SKIP LOCKED);
  GET DIAGNOSTICS dropped = ROW_COUNT;
  RETURN dropped;
END $$;

-- As before (0003_jobs.sql), and those of one batch.
CREATE FUNCTION list_job_ids(wanted_status text, wanted_name text, created_from timestamptz, created_to timestamptz,
  after_created_at timestamptz, after_id uuid, wanted integer, wanted_batch uuid) RETURNS SETOF uuid
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  RETURN QUERY EXECUTE
    'SELECT id FROM jobs WHERE tenant_id = $1'
    || CASE WHEN wanted_status IS NOT NULL THEN ' AND status = $2' ELSE '' END
    || CASE WHEN wanted_name IS NOT NULL THEN ' AND name ILIKE $3' ELSE '' END
    || CASE WHEN created_from IS NOT NULL THEN ' AND created_at >= $4' ELSE '' END
    || CASE WHEN created_to IS NOT NULL THEN ' AND created_at < $5' ELSE '' END
    || CASE WHEN after_id IS NOT NULL THEN ' AND (created_at, id) < ($6, $7)' ELSE '' END
    || CASE WHEN wanted_batch IS NOT NULL THEN ' AND batch_id = $9' ELSE '' END
    || ' ORDER BY created_at DESC, id DESC LIMIT $8'
  USING current_tenant(), wanted_status, '%' || regexp_replace(wanted_name, '([\\%_])', '\\\1', 'g') || '%', created_from,
    created_to, after_created_at, after_id, wanted, wanted_batch;
END $$;

-- Ends a job that runs: units go, in hand or not, and what was not done fails for that reason, so that a retry can do it after all. What was read
-- stays. The caller holds the job's row.
CREATE FUNCTION stop_job(job jobs, new_status text, reason text) RETURNS jobs
LANGUAGE plpgsql AS $$
DECLARE
  stopped jobs;
  files_left integer;
  pages_left integer;
BEGIN
  DELETE FROM units u WHERE u.job_id = job.id;
  UPDATE files f SET status = 'failed', error_code = reason WHERE f.job_id = job.id AND f.status = 'queued';
  GET DIAGNOSTICS files_left = ROW_COUNT;
  IF files_left > 0 AND job.files_total > 1 THEN
    -- Pages behind those files get their numbers, and those of a selection units, which are not wanted.
    PERFORM number_pages(job.id);
    DELETE FROM units u WHERE u.job_id = job.id;
  END IF;
  UPDATE pages p SET status = 'failed', error_code = reason WHERE p.job_id = job.id AND p.status = 'queued';
  GET DIAGNOSTICS pages_left = ROW_COUNT;
  -- Whoever has it in hand finds his token gone.
  UPDATE understandings u SET status = 'failed', error_code = reason, error_message = NULL, token = NULL, holder = NULL, leased_until = NULL
  WHERE u.job_id = job.id AND u.status IN ('waiting', 'queued');
  UPDATE jobs j SET status = new_status, error_code = reason, error_message = NULL, version = j.version + 1,
    started_at = coalesce(j.started_at, now()), finished_at = now(), files_opened = j.files_opened + files_left,
    files_failed = j.files_failed + files_left, pages_failed = j.pages_failed + pages_left, pages_total = j.pages_made
  WHERE j.id = job.id RETURNING j.* INTO stopped;
  PERFORM pg_notify('docusnap_jobs', concat_ws(' ', stopped.id, stopped.version, true));
  RETURN stopped;
END $$;

-- No row: this tenant has no such job. Runs as the owner, as retry_job does and for the same reason.
CREATE FUNCTION cancel_job(tenant uuid, running_job uuid) RETURNS TABLE (job jsonb)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  running jobs;
BEGIN
  SELECT * INTO running FROM jobs j WHERE j.id = running_job AND j.tenant_id = tenant FOR NO KEY UPDATE;
  IF NOT FOUND THEN
    RETURN;
  END IF;
  IF running.finished_at IS NOT NULL THEN
    RAISE EXCEPTION 'job % has ended', running.id USING ERRCODE = 'DS125';
  END IF;
  -- Two statements: one would not see what it changes itself.
  running := stop_job(running, 'cancelled', 'job_cancelled');
  job := job_document(running);
  RETURN NEXT;
END $$;

-- Until when a statement that ends job after job begins with another: pages, too, take their time, and nothing would ever end where those of all took
-- longer than a statement may.
CREATE FUNCTION stopping_until() RETURNS timestamptz
LANGUAGE sql VOLATILE
RETURN clock_timestamp() + interval '2 seconds';

-- Cancels at most so many jobs of a batch that run, and gives how many it did. One that somebody is just saving to is waited for.
CREATE FUNCTION cancel_batch_jobs(tenant uuid, of_batch uuid, most integer) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  candidate uuid;
  running jobs;
  seen integer;
  cancelled integer := 0;
  until CONSTANT timestamptz := stopping_until();
BEGIN
  LOOP
    seen := 0;
    FOR candidate IN
      SELECT j.id FROM jobs j WHERE j.batch_id = of_batch AND j.tenant_id = tenant AND j.finished_at IS NULL ORDER BY j.id LIMIT most
    LOOP
      seen := seen + 1;
      SELECT * INTO running FROM jobs j WHERE j.id = candidate AND j.finished_at IS NULL FOR NO KEY UPDATE;
      CONTINUE WHEN NOT FOUND;
      PERFORM stop_job(running, 'cancelled', 'job_cancelled');
      cancelled := cancelled + 1;
      EXIT WHEN clock_timestamp() > until;
    END LOOP;
    -- All of these may have ended by themselves while they were waited for: there may be more behind them.
    EXIT WHEN cancelled > 0 OR seen = 0;
  END LOOP;
  RETURN cancelled;
END $$;

-- Ends jobs whose deadline has passed; what is locked just now, or for which there is no time, is left for the next round.
CREATE FUNCTION end_late_jobs(most integer) RETURNS integer
LANGUAGE plpgsql AS $$
DECLARE
  late jobs;
  candidate uuid;
  ended integer := 0;
  until CONSTANT timestamptz := stopping_until();
BEGIN
  FOR candidate IN
    SELECT j.id FROM jobs j WHERE j.deadline < now() AND j.finished_at IS NULL ORDER BY j.deadline LIMIT most
  LOOP
    SELECT * INTO late FROM jobs j WHERE j.id = candidate AND j.finished_at IS NULL FOR NO KEY UPDATE SKIP LOCKED;
    CONTINUE WHEN NOT FOUND;
    PERFORM stop_job(late, 'expired', 'deadline_missed');
    ended := ended + 1;
    EXIT WHEN clock_timestamp() > until;
  END LOOP;
  RETURN ended;
END $$;

-- Tells those who have units of a job in hand that it was stopped or erased: on a channel of its own, since what the other one tells of every page
-- would wake each of them for nothing.
CREATE FUNCTION tell_of_stopped_job() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('docusnap_stopped', OLD.id::text);
  RETURN NULL;
END $$;
CREATE TRIGGER jobs_stopped AFTER UPDATE OF status ON jobs FOR EACH ROW
  WHEN (OLD.finished_at IS NULL AND NEW.status IN ('cancelled', 'expired')) EXECUTE FUNCTION tell_of_stopped_job();
CREATE TRIGGER jobs_erased_running AFTER DELETE ON jobs FOR EACH ROW
  WHEN (OLD.finished_at IS NULL) EXECUTE FUNCTION tell_of_stopped_job();

-- As before (0007_page_numbers_and_retry.sql), also for jobs that were stopped: what was not done is done after all. A deadline that has passed counts
-- no more.
CREATE OR REPLACE FUNCTION retry_job(tenant uuid, job_id uuid) RETURNS TABLE (job jsonb, waiting integer)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  ended jobs;
  again jobs;
BEGIN
  SELECT * INTO ended FROM jobs j WHERE j.id = retry_job.job_id AND j.tenant_id = tenant FOR NO KEY UPDATE;
  IF NOT FOUND THEN
    RETURN;
  END IF;
  IF ended.finished_at IS NULL THEN
    RAISE EXCEPTION 'job % has not ended', ended.id USING ERRCODE = 'DS004';
  END IF;
  -- All pages are there, and what failed is the understanding of them (0009_understanding.sql).
  IF ended.status <> 'completed' AND ended.files_failed + ended.pages_failed = 0 THEN
    UPDATE understandings u SET status = 'queued', queued_at = now(), not_before = now(), attempt = 0, claims = 0,
      error_code = NULL, error_message = NULL
    WHERE u.job_id = ended.id AND u.status = 'failed';
    IF FOUND THEN
      UPDATE jobs j SET status = 'understanding', error_code = NULL, error_message = NULL, version = j.version + 1, finished_at = NULL,
        deadline = CASE WHEN j.deadline > now() THEN j.deadline END
      WHERE j.id = ended.id RETURNING j.* INTO again;
      PERFORM pg_notify('docusnap_jobs', concat_ws(' ', again.id, again.version, false));
      job := job_document(again);
      waiting := 0;
      RETURN NEXT;
      RETURN;
    END IF;
  END IF;
  IF ended.status = 'completed' OR ended.files_failed + ended.pages_failed = 0 THEN
    RAISE EXCEPTION 'nothing of job % has failed', ended.id USING ERRCODE = 'DS005';
  END IF;
  UPDATE jobs j SET
    status = CASE WHEN j.files_failed > 0 THEN 'opening' ELSE 'reading' END,
    files_opened = j.files_opened - j.files_failed,
    files_failed = 0,
    pages_failed = 0,
    pages_total = CASE WHEN j.files_failed = 0 THEN j.pages_total END,
    error_code = NULL,
    error_message = NULL,
    version = j.version + 1,
    retried_at = now(),
    finished_at = NULL,
    deadline = CASE WHEN j.deadline > now() THEN j.deadline END
  WHERE j.id = ended.id RETURNING j.* INTO again;
  INSERT INTO units (kind, job_id, tenant_id, file_index, priority, queued_at)
  SELECT 'open', f.job_id, f.tenant_id, f.file_index, (again.options ->> 'priority')::smallint, again.retried_at
  FROM files f WHERE f.job_id = again.id AND f.status = 'failed' ORDER BY f.file_index;
  INSERT INTO units (kind, job_id, tenant_id, file_index, frame, priority, queued_at, attempt)
  SELECT 'read', p.job_id, p.tenant_id, p.file_index, p.frame, (again.options ->> 'priority')::smallint, again.retried_at, p.attempts
  FROM pages p WHERE p.job_id = again.id AND p.status = 'failed' ORDER BY p.file_index, p.frame;
  UPDATE files f SET status = 'queued', error_code = NULL, error_message = NULL
  WHERE f.job_id = again.id AND f.status = 'failed';
  UPDATE pages p SET status = 'queued', error_code = NULL, error_message = NULL, stages = NULL, version = NULL
  WHERE p.job_id = again.id AND p.status = 'failed';
  PERFORM pg_notify('docusnap_jobs', concat_ws(' ', again.id, again.version, false));
  job := job_document(again);
  waiting := ended.files_failed + ended.pages_failed;
  RETURN NEXT;
END $$;

-- A job that ended in time may be asked something else later, and runs again: what it had to keep it has kept.
CREATE FUNCTION forget_kept_deadline() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  NEW.deadline := NULL;
  RETURN NEW;
END $$;
CREATE TRIGGER jobs_deadline_kept BEFORE UPDATE OF finished_at ON jobs FOR EACH ROW
  WHEN (OLD.finished_at IS NOT NULL AND NEW.finished_at IS NULL AND NEW.deadline <= now()) EXECUTE FUNCTION forget_kept_deadline();

GRANT EXECUTE ON FUNCTION begin_once(uuid, text, uuid, integer, integer), renew_once(uuid, text, uuid, integer),
  finish_once(uuid, jsonb, bytea, bytea), abandon_once(uuid, text, uuid), is_hopeless(uuid, integer, integer),
  create_jobs(uuid, jsonb[], bytea[], bytea[], jsonb, integer, jsonb), batch_document(batches), poll_batch(uuid, uuid),
  batch_jobs(uuid, uuid, integer), erase_batch(uuid, uuid),
  list_job_ids(text, text, timestamptz, timestamptz, timestamptz, uuid, integer, uuid), cancel_job(uuid, uuid),
  cancel_batch_jobs(uuid, uuid, integer) TO docusnap_api;
GRANT EXECUTE ON FUNCTION drop_expired_idempotency_keys(integer), drop_spent_batches(integer), stop_job(jobs, text, text), stopping_until(),
  end_late_jobs(integer) TO docusnap_worker;
