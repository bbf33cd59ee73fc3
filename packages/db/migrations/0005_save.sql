-- How units end. Each function is one transaction: it takes the job's row (the lock order of 0004_claim.sql), compares the token,
-- and makes the change, the counters, the version and the end of the job visible together.
--
-- SQLSTATE DS001 = lease_lost, DS002 = too_many_pages; errors.ts turns them into the errors of the contracts.

-- Takes the unit away from under its holder, who is about to end it. A unit that another claim got in the meantime, or whose job
-- was erased, is lost: whatever this holder made of it is dropped.
CREATE FUNCTION take_held_unit(unit_id bigint, unit_token bigint, unit_job uuid) RETURNS units
LANGUAGE plpgsql AS $$
DECLARE
  taken units;
BEGIN
  PERFORM 1 FROM jobs j WHERE j.id = unit_job FOR NO KEY UPDATE;
  DELETE FROM units u WHERE u.id = unit_id AND u.token = unit_token AND u.job_id = unit_job RETURNING u.* INTO taken;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'unit % is no longer held with token %', unit_id, unit_token USING ERRCODE = 'DS001';
  END IF;
  RETURN taken;
END $$;

-- The job after a unit of it ended: one version further, numbered once the last file is opened, ended once nothing is left. The
-- caller holds the job's row, has counted its own change in, and names its failure if it has one.
CREATE FUNCTION advance_job(unit_job uuid, failure_code text, failure_message text) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  job jobs;
  all_opened boolean;
  ended boolean;
BEGIN
  SELECT * INTO job FROM jobs j WHERE j.id = unit_job;
  all_opened := job.files_opened = job.files_total;
  IF all_opened AND job.pages_total IS NULL AND job.files_total > 1 THEN
    UPDATE pages p SET number = n.number
    FROM (SELECT file_index, frame, row_number() OVER (ORDER BY file_index, frame) AS number FROM pages WHERE job_id = unit_job) n
    WHERE p.job_id = unit_job AND p.file_index = n.file_index AND p.frame = n.frame;
  END IF;
  ended := all_opened AND job.pages_done + job.pages_failed = job.pages_made;
  UPDATE jobs j SET
    version = job.version + 1,
    started_at = coalesce(job.started_at, now()),
    pages_total = CASE WHEN all_opened THEN job.pages_made END,
    finished_at = CASE WHEN ended THEN now() END,
    status = CASE
      WHEN NOT all_opened THEN 'opening'
      WHEN NOT ended THEN 'reading'
      WHEN job.files_failed + job.pages_failed = 0 THEN 'completed'
      WHEN job.pages_done > 0 THEN 'partial'
      ELSE 'failed'
    END,
    -- Where nothing was read and only one thing failed, that failure, which is then the caller's, says why better than a summary.
    error_code = CASE WHEN ended AND job.pages_done = 0 THEN
      CASE WHEN job.files_failed + job.pages_failed = 1 THEN failure_code ELSE 'all_pages_failed' END END,
    error_message = CASE WHEN ended AND job.pages_done = 0 AND job.files_failed + job.pages_failed = 1 THEN failure_message END
  WHERE j.id = unit_job;
  -- With what has changed, so that those who wait for the end need not ask after every page.
  PERFORM pg_notify('docusnap_jobs', concat_ws(' ', unit_job, job.version + 1, ended));
END $$;

-- A file was opened: it has so many frames, each now a page and a unit to read. Gives how many units it made.
CREATE FUNCTION save_opened_file(unit_id bigint, unit_token bigint, unit_job uuid, frames integer, most_pages integer)
RETURNS integer
LANGUAGE plpgsql AS $$
DECLARE
  taken units := take_held_unit(unit_id, unit_token, unit_job);
  job jobs;
BEGIN
  UPDATE jobs j SET files_opened = j.files_opened + 1, pages_made = j.pages_made + frames WHERE j.id = unit_job
  RETURNING j.* INTO job;
  IF job.pages_made > most_pages THEN
    RAISE EXCEPTION 'job % would have % pages', unit_job, job.pages_made USING ERRCODE = 'DS002';
  END IF;
  UPDATE files f SET status = 'opened', pages = frames WHERE f.job_id = unit_job AND f.file_index = taken.file_index;
  INSERT INTO pages (job_id, file_index, frame, tenant_id, number)
  SELECT unit_job, taken.file_index, frame, taken.tenant_id, CASE WHEN job.files_total = 1 THEN frame + 1 END
  FROM generate_series(0, frames - 1) frame;
  INSERT INTO units (kind, job_id, tenant_id, file_index, frame, priority, queued_at)
  SELECT 'read', unit_job, taken.tenant_id, taken.file_index, frame, taken.priority, taken.queued_at
  FROM generate_series(0, frames - 1) frame ORDER BY frame;
  PERFORM advance_job(unit_job, NULL, NULL);
  RETURN frames;
END $$;

-- The same, and the next claim of the same holder with it: one round trip and one commit less before the first page of the file is
-- read. Always one row; without an id when nothing waits.
CREATE FUNCTION save_opened_file_and_claim(unit_id bigint, unit_token bigint, unit_job uuid, frames integer, most_pages integer,
  new_holder text, lease_seconds integer)
RETURNS TABLE (waiting integer, id bigint, kind text, job_id uuid, tenant_id uuid, file_index integer, frame integer, token bigint,
  attempt integer, media_type text, options jsonb, master_key_id text, wrapped_key bytea)
LANGUAGE plpgsql AS $$
DECLARE
  made integer := save_opened_file(unit_id, unit_token, unit_job, frames, most_pages);
BEGIN
  RETURN QUERY SELECT made, c.* FROM (SELECT) one LEFT JOIN claim_unit(new_holder, lease_seconds) c ON true;
END $$;

-- A page was read.
CREATE FUNCTION save_page(unit_id bigint, unit_token bigint, unit_job uuid, page_sealed bytea, page_stages jsonb) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  taken units := take_held_unit(unit_id, unit_token, unit_job);
BEGIN
  INSERT INTO page_texts (job_id, file_index, frame, tenant_id, sealed)
  VALUES (unit_job, taken.file_index, taken.frame, taken.tenant_id, page_sealed);
  UPDATE jobs j SET pages_done = j.pages_done + 1 WHERE j.id = unit_job;
  UPDATE pages p SET status = 'done', attempts = taken.attempt, stages = page_stages,
    version = (SELECT j.version + 1 FROM jobs j WHERE j.id = unit_job)
  WHERE p.job_id = unit_job AND p.file_index = taken.file_index AND p.frame = taken.frame;
  PERFORM advance_job(unit_job, NULL, NULL);
END $$;

-- A unit that was taken away fails for good: its file cannot be opened, or its page not be read.
CREATE FUNCTION fail_taken_unit(taken units, failure_code text, failure_message text) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  IF taken.kind = 'open' THEN
    UPDATE files f SET status = 'failed', error_code = failure_code, error_message = failure_message
    WHERE f.job_id = taken.job_id AND f.file_index = taken.file_index;
    UPDATE jobs j SET files_opened = j.files_opened + 1, files_failed = j.files_failed + 1 WHERE j.id = taken.job_id;
  ELSE
    UPDATE jobs j SET pages_failed = j.pages_failed + 1 WHERE j.id = taken.job_id;
    UPDATE pages p SET status = 'failed', attempts = taken.attempt, error_code = failure_code, error_message = failure_message,
      version = (SELECT j.version + 1 FROM jobs j WHERE j.id = taken.job_id)
    WHERE p.job_id = taken.job_id AND p.file_index = taken.file_index AND p.frame = taken.frame;
  END IF;
  PERFORM advance_job(taken.job_id, failure_code, failure_message);
END $$;

CREATE FUNCTION fail_unit(unit_id bigint, unit_token bigint, unit_job uuid, failure_code text, failure_message text) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  PERFORM fail_taken_unit(take_held_unit(unit_id, unit_token, unit_job), failure_code, failure_message);
END $$;

-- The holder hands its unit back in good order (it is stopping, say): as if this claim had not been. The token goes, so that a
-- late save of the same holder is refused.
CREATE FUNCTION release_unit(unit_id bigint, unit_token bigint) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  UPDATE units u SET attempt = u.attempt - 1, claims = u.claims - 1, token = NULL, holder = NULL, leased_until = NULL
  WHERE u.id = unit_id AND u.token = unit_token;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'unit % is no longer held with token %', unit_id, unit_token USING ERRCODE = 'DS001';
  END IF;
END $$;

-- The reader died on it: handed back, or failed when that was one death too many. Says whether it failed.
CREATE FUNCTION release_unit_after_death(unit_id bigint, unit_token bigint, unit_job uuid, most_deaths integer, failure_code text,
  failure_message text) RETURNS boolean
LANGUAGE plpgsql AS $$
DECLARE
  deaths integer;
BEGIN
  PERFORM 1 FROM jobs j WHERE j.id = unit_job FOR NO KEY UPDATE;
  UPDATE units u SET reader_deaths = u.reader_deaths + 1 WHERE u.id = unit_id AND u.token = unit_token AND u.job_id = unit_job
  RETURNING u.reader_deaths INTO deaths;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'unit % is no longer held with token %', unit_id, unit_token USING ERRCODE = 'DS001';
  END IF;
  IF deaths >= most_deaths THEN
    PERFORM fail_unit(unit_id, unit_token, unit_job, failure_code, failure_message);
    RETURN true;
  END IF;
  UPDATE units u SET token = NULL, holder = NULL, leased_until = NULL WHERE u.id = unit_id;
  RETURN false;
END $$;

-- Makes units whose lease ran out claimable again, or fails those that were claimed too often. The token stays: a holder that was
-- only paused may still save, or renew, until another claim. What is locked just now is being saved or renewed: left alone.
CREATE FUNCTION sweep_units(most_claims integer, failure_code text) RETURNS TABLE (released integer, exhausted integer)
LANGUAGE plpgsql AS $$
DECLARE
  candidate record;
  taken units;
BEGIN
  exhausted := 0;
  FOR candidate IN
    SELECT u.id, u.job_id FROM units u WHERE u.leased_until < now() AND u.claims >= most_claims
  LOOP
    PERFORM 1 FROM jobs j WHERE j.id = candidate.job_id FOR NO KEY UPDATE SKIP LOCKED;
    CONTINUE WHEN NOT FOUND;
    DELETE FROM units u WHERE u.id = (
      SELECT l.id FROM units l WHERE l.id = candidate.id AND l.leased_until < now() FOR UPDATE SKIP LOCKED)
    RETURNING u.* INTO taken;
    CONTINUE WHEN NOT FOUND;
    PERFORM fail_taken_unit(taken, failure_code, NULL);
    exhausted := exhausted + 1;
  END LOOP;
  UPDATE units u SET leased_until = NULL WHERE u.id IN (
    SELECT l.id FROM units l WHERE l.leased_until < now() AND l.claims < most_claims FOR NO KEY UPDATE SKIP LOCKED);
  GET DIAGNOSTICS released = ROW_COUNT;
  RETURN NEXT;
END $$;

-- How many units wait, counted no further than `most`: to ring for them, and for the metrics.
CREATE FUNCTION waiting_units(most bigint) RETURNS bigint
LANGUAGE sql STABLE SET enable_seqscan = off
RETURN (SELECT count(*) FROM (SELECT 1 FROM units u WHERE u.leased_until IS NULL LIMIT most) counted);

GRANT EXECUTE ON FUNCTION take_held_unit(bigint, bigint, uuid), advance_job(uuid, text, text),
  save_opened_file(bigint, bigint, uuid, integer, integer),
  save_opened_file_and_claim(bigint, bigint, uuid, integer, integer, text, integer), save_page(bigint, bigint, uuid, bytea, jsonb),
  fail_taken_unit(units, text, text), fail_unit(bigint, bigint, uuid, text, text), release_unit(bigint, bigint),
  release_unit_after_death(bigint, bigint, uuid, integer, text, text), sweep_units(integer, text), waiting_units(bigint)
  TO docusnap_worker;
