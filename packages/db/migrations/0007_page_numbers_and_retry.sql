-- The page as the unit: pages get their numbers as soon as they can, and failed ones are read again.
--
-- SQLSTATE DS004 = job_still_running, DS005 = nothing_to_retry.

-- When its failures were last read again: its units then queue up as if the job had just been submitted. Null = never.
ALTER TABLE jobs ADD COLUMN retried_at timestamptz(3);

-- Finds the few failed pages of a job. Not one of all statuses: the planner would take that for finding a page by its number.
CREATE INDEX pages_failed ON pages (job_id, file_index, frame) WHERE status = 'failed';

-- Numbers the pages of all files before which no file is left to open. Of a selection, those that are not selected go, and the others
-- become units. Gives how many units it made. The caller holds the job's row and has counted the opened file in.
--
-- Numbers that were given stay: the pages of a file that is opened later than those behind it, by a retry, come after all that have one.
DROP FUNCTION number_pages(jobs);
CREATE FUNCTION number_pages(unit_job uuid) RETURNS integer
LANGUAGE plpgsql AS $$
DECLARE
  job jobs;
  selected int4multirange;
  next_file integer;
  numbered integer;
  removed integer;
  made integer;
BEGIN
  SELECT * INTO job FROM jobs j WHERE j.id = unit_job;
  selected := selected_pages(job.options);
  SELECT min(f.file_index) FILTER (WHERE f.status = 'queued'), coalesce(sum(f.pages) FILTER (WHERE f.status = 'opened'), 0)
  INTO next_file, numbered FROM files f WHERE f.job_id = unit_job;
  -- Pages of the files, selected or not, that have had their numbers: those without one still have all their rows.
  numbered := numbered - (SELECT count(*) FROM pages p WHERE p.job_id = unit_job AND p.number IS NULL);
  UPDATE pages p SET number = numbered + n.place
  FROM (
    SELECT q.file_index, q.frame, row_number() OVER (ORDER BY q.file_index, q.frame) AS place FROM pages q
    WHERE q.job_id = unit_job AND q.number IS NULL AND (next_file IS NULL OR q.file_index < next_file)
  ) n
  WHERE p.job_id = unit_job AND p.file_index = n.file_index AND p.frame = n.frame;
  IF selected IS NULL THEN
    RETURN 0;
  END IF;
  DELETE FROM pages p WHERE p.job_id = unit_job AND p.number > numbered AND NOT selected @> p.number;
  GET DIAGNOSTICS removed = ROW_COUNT;
  UPDATE jobs j SET pages_made = j.pages_made - removed WHERE j.id = unit_job;
  INSERT INTO units (kind, job_id, tenant_id, file_index, frame, priority, queued_at)
  SELECT 'read', p.job_id, p.tenant_id, p.file_index, p.frame, (job.options ->> 'priority')::smallint,
    coalesce(job.retried_at, job.created_at)
  FROM pages p WHERE p.job_id = unit_job AND p.number > numbered ORDER BY p.file_index, p.frame;
  GET DIAGNOSTICS made = ROW_COUNT;
  RETURN made;
END $$;

-- A file was opened: it has so many frames, each selected one now a page and a unit to read. Gives how many units it made.
--
-- In a job of several files it is known which pages are selected once all files before them are opened: only then there are units.
CREATE OR REPLACE FUNCTION save_opened_file(unit_id bigint, unit_token bigint, unit_job uuid, frames integer, most_pages integer)
RETURNS integer
LANGUAGE plpgsql AS $$
DECLARE
  taken units := take_held_unit(unit_id, unit_token, unit_job);
  job jobs;
  selected int4multirange;
  waits boolean;
  made integer;
  chosen integer := 0;
BEGIN
  SELECT * INTO job FROM jobs j WHERE j.id = unit_job;
  selected := selected_pages(job.options);
  waits := selected IS NOT NULL AND job.files_total > 1;
  -- Counted before a row is made: a damaged file may claim billions of pages.
  IF selected IS NULL OR waits THEN
    made := frames;
  ELSE
    SELECT count(*) INTO made FROM generate_series(1, least(frames, upper(selected) - 1)) number WHERE selected @> number;
  END IF;
  IF made = 0 THEN
    RAISE EXCEPTION 'none of the % pages of job % is selected', frames, unit_job USING ERRCODE = 'DS003';
  END IF;
  -- Two numbers that a file may choose: their sum may be more than an integer holds.
  IF job.pages_made::bigint + made > most_pages THEN
    RAISE EXCEPTION 'job % would have % more pages than %', unit_job, made, job.pages_made USING ERRCODE = 'DS002';
  END IF;
  UPDATE files f SET status = 'opened', pages = frames WHERE f.job_id = unit_job AND f.file_index = taken.file_index;
  INSERT INTO pages (job_id, file_index, frame, tenant_id, number)
  SELECT unit_job, taken.file_index, number - 1, taken.tenant_id, CASE WHEN job.files_total = 1 THEN number END
  FROM generate_series(1, CASE WHEN selected IS NULL OR waits THEN frames ELSE least(frames, upper(selected) - 1) END) number
  WHERE selected IS NULL OR waits OR selected @> number;
  UPDATE jobs j SET files_opened = j.files_opened + 1, pages_made = j.pages_made + made WHERE j.id = unit_job;
  IF NOT waits THEN
    INSERT INTO units (kind, job_id, tenant_id, file_index, frame, priority, queued_at)
    SELECT 'read', p.job_id, p.tenant_id, p.file_index, p.frame, taken.priority, taken.queued_at
    FROM pages p WHERE p.job_id = unit_job AND p.file_index = taken.file_index ORDER BY p.frame;
  END IF;
  IF job.files_total > 1 THEN
    chosen := number_pages(unit_job);
  END IF;
  PERFORM advance_job(unit_job, NULL, NULL);
  RETURN CASE WHEN waits THEN chosen ELSE made END;
END $$;

DROP FUNCTION release_unit_after_death(bigint, bigint, uuid, integer, text, text);
DROP FUNCTION fail_unit(bigint, bigint, uuid, text, text);
DROP FUNCTION fail_taken_unit(units, text, text);

-- A unit that was taken away fails for good: its file cannot be opened, or its page not be read. `worked` are the stages of a page that
-- failed: milliseconds, as far as they are known. Gives how many units wait because of it: pages
-- whose selection hung on the file. The defaults below are for workers of the version before.
CREATE FUNCTION fail_taken_unit(taken units, failure_code text, failure_message text, worked jsonb) RETURNS integer
LANGUAGE plpgsql AS $$
DECLARE
  job jobs;
  made integer := 0;
BEGIN
  IF taken.kind = 'open' THEN
    UPDATE files f SET status = 'failed', error_code = failure_code, error_message = failure_message
    WHERE f.job_id = taken.job_id AND f.file_index = taken.file_index;
    UPDATE jobs j SET files_opened = j.files_opened + 1, files_failed = j.files_failed + 1 WHERE j.id = taken.job_id
    RETURNING j.* INTO job;
    IF job.files_total > 1 THEN
      made := number_pages(taken.job_id);
    END IF;
  ELSE
    UPDATE jobs j SET pages_failed = j.pages_failed + 1 WHERE j.id = taken.job_id RETURNING j.* INTO job;
    UPDATE pages p SET status = 'failed', attempts = taken.attempt, error_code = failure_code, error_message = failure_message,
      stages = worked, version = job.version + 1
    WHERE p.job_id = taken.job_id AND p.file_index = taken.file_index AND p.frame = taken.frame;
  END IF;
  PERFORM advance_job(taken.job_id, failure_code, failure_message);
  RETURN made;
END $$;

CREATE FUNCTION fail_unit(unit_id bigint, unit_token bigint, unit_job uuid, failure_code text, failure_message text,
  worked jsonb DEFAULT NULL) RETURNS integer
LANGUAGE plpgsql AS $$
BEGIN
  RETURN fail_taken_unit(take_held_unit(unit_id, unit_token, unit_job), failure_code, failure_message, worked);
END $$;

-- The reader died on it: handed back, or failed when that was one death too many. Says whether it failed.
CREATE FUNCTION release_unit_after_death(unit_id bigint, unit_token bigint, unit_job uuid, most_deaths integer, failure_code text,
  failure_message text, worked jsonb DEFAULT NULL) RETURNS boolean
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
    PERFORM fail_unit(unit_id, unit_token, unit_job, failure_code, failure_message, worked);
    RETURN true;
  END IF;
  UPDATE units u SET token = NULL, holder = NULL, leased_until = NULL WHERE u.id = unit_id;
  RETURN false;
END $$;

-- The failed pages of an ended job wait to be read again, and its failed files to be opened again; what was read stays. Of each such unit
-- deaths and claims are counted anew, attempts go on. No row: this tenant has no such job. Gives how many units now wait.
--
-- Runs as the owner, since the API may not change jobs: it checks the tenant itself. The job's row comes first, as for all who wait for
-- locks (0004_claim.sql); of two callers at a time the second one finds the job running.
CREATE FUNCTION retry_job(tenant uuid, job_id uuid) RETURNS TABLE (job jsonb, waiting integer)
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
  IF ended.status IN ('partial', 'failed') AND ended.files_failed + ended.pages_failed = 0 THEN
    UPDATE understandings u SET status = 'queued', queued_at = now(), not_before = now(), attempt = 0, claims = 0,
      error_code = NULL, error_message = NULL
    WHERE u.job_id = ended.id AND u.status = 'failed';
    IF FOUND THEN
      UPDATE jobs j SET status = 'understanding', error_code = NULL, error_message = NULL, version = j.version + 1, finished_at = NULL
      WHERE j.id = ended.id RETURNING j.* INTO again;
      PERFORM pg_notify('docusnap_jobs', concat_ws(' ', again.id, again.version, false));
      job := job_document(again);
      waiting := 0;
      RETURN NEXT;
      RETURN;
    END IF;
  END IF;
  IF ended.status NOT IN ('partial', 'failed') OR ended.files_failed + ended.pages_failed = 0 THEN
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
    finished_at = NULL
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

GRANT EXECUTE ON FUNCTION number_pages(uuid), fail_taken_unit(units, text, text, jsonb),
  fail_unit(bigint, bigint, uuid, text, text, jsonb),
  release_unit_after_death(bigint, bigint, uuid, integer, text, text, jsonb) TO docusnap_worker;
GRANT EXECUTE ON FUNCTION retry_job(uuid, uuid) TO docusnap_api;
