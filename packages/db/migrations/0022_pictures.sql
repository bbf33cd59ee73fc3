-- A picture is one page, whatever it holds: nothing is to be opened to know that. A job of pictures alone comes with its pages, each a unit to read, which saves
-- it a claim and a commit. And a page that was read changes its job's row once: it was counted first, and then the job was taken further.

-- Whether this tenant's pages are counted, or those of its key.
CREATE FUNCTION has_page_budget(job_key uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
RETURN EXISTS (SELECT FROM budgets_of(current_tenant(), job_key));
GRANT EXECUTE ON FUNCTION has_page_budget(uuid) TO docusnap_api;

-- As before (0011), and `opened` says that each file is one page, all of which are to be read. Where pages are counted these wait to be opened all the same:
-- what is too much for today then fails by itself, instead of refusing all that came with it, and what is cancelled before is not counted.
CREATE OR REPLACE FUNCTION create_job(new_job jsonb, wrapped_key bytea, request bytea DEFAULT NULL) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
  created jobs;
  files integer := jsonb_array_length(new_job -> 'files');
  no_files boolean := files = 0;
  opened boolean := NOT no_files AND coalesce((new_job ->> 'opened')::boolean, false);
BEGIN
  PERFORM set_config('docusnap.tenant', new_job ->> 'tenant_id', true);
  opened := opened AND NOT has_page_budget((new_job ->> 'key_id')::uuid);
  INSERT INTO jobs (id, tenant_id, name, status, options, metadata, files_total, files_opened, pages_made, pages_total, master_key_id,
    wrapped_key, started_at, key_id, batch_id, deadline, retention_seconds, webhook)
  VALUES ((new_job ->> 'id')::uuid, current_tenant(), new_job ->> 'name', CASE WHEN no_files THEN 'understanding' ELSE 'queued' END,
    new_job -> 'options', nullif(new_job -> 'metadata', 'null'), files, CASE WHEN opened THEN files ELSE 0 END,
    CASE WHEN opened THEN files ELSE 0 END, CASE WHEN opened OR no_files THEN files END,
    new_job ->> 'master_key_id', create_job.wrapped_key, CASE WHEN no_files THEN now() END,
    (new_job ->> 'key_id')::uuid, (new_job ->> 'batch_id')::uuid, (new_job ->> 'deadline')::timestamptz,
    (new_job ->> 'retention_seconds')::integer, nullif(new_job -> 'webhook', 'null'))
  RETURNING * INTO created;
  INSERT INTO files (job_id, file_index, tenant_id, name, media_type, bytes, sha256, status, pages)
  SELECT created.id, f.position - 1, created.tenant_id, f.body ->> 'name', f.body ->> 'media_type',
    (f.body ->> 'bytes')::bigint, f.body ->> 'sha256', CASE WHEN opened THEN 'opened' ELSE 'queued' END, CASE WHEN opened THEN 1 END
  FROM jsonb_array_elements(new_job -> 'files') WITH ORDINALITY f (body, position);
  IF opened THEN
    INSERT INTO pages (job_id, file_index, frame, tenant_id, number)
    SELECT created.id, file_index, 0, created.tenant_id, file_index + 1 FROM generate_series(0, files - 1) file_index;
  END IF;
  INSERT INTO units (kind, job_id, tenant_id, file_index, frame, priority, queued_at)
  SELECT CASE WHEN opened THEN 'read' ELSE 'open' END, created.id, created.tenant_id, file_index, CASE WHEN opened THEN 0 END,
    (created.options ->> 'priority')::smallint, created.created_at
  FROM generate_series(0, files - 1) file_index;
  IF request IS NOT NULL THEN
    INSERT INTO understandings (job_id, tenant_id, task, request, status, priority)
    VALUES (created.id, created.tenant_id, new_job ->> 'task', request, CASE WHEN no_files THEN 'queued' ELSE 'waiting' END,
      (created.options ->> 'priority')::smallint);
  END IF;
  PERFORM admit_job(created);
  RETURN job_document(created);
END $$;

GRANT INSERT (job_id, file_index, frame, tenant_id, number) ON pages TO docusnap_api;
GRANT INSERT (frame) ON units TO docusnap_api;
-- As those of files and units: foreign keys look past row security.
ALTER POLICY own_tenant ON pages
  WITH CHECK (tenant_id = current_tenant() AND EXISTS (SELECT 1 FROM jobs j WHERE j.id = job_id));

-- As before (0009_turns), but that a job whose files are all opened is not "opening".
CREATE OR REPLACE FUNCTION take_unit(next_id bigint, new_holder text, lease_seconds integer)
RETURNS TABLE (id bigint, kind text, job_id uuid, tenant_id uuid, file_index integer, frame integer, token bigint, attempt integer,
  media_type text, options jsonb, master_key_id text, wrapped_key bytea)
LANGUAGE plpgsql AS $$
DECLARE
  claimed units;
  new_version integer;
BEGIN
  UPDATE units u SET
    attempt = u.attempt + 1,
    claims = u.claims + 1,
    token = nextval('unit_tokens'),
    holder = new_holder,
    -- Not now(): a claim made with a save may have waited for the job's row since its transaction began.
    leased_until = clock_timestamp() + make_interval(secs => lease_seconds)
  WHERE u.id = next_id
  RETURNING u.* INTO claimed;
  IF NOT FOUND THEN
    RETURN;
  END IF;
  -- The first claim of a job is a visible change. Where the row is locked, another first claim makes it, or an erasing is about to
  -- take the unit away; waiting for the latter would be a deadlock.
  UPDATE jobs j SET status = CASE WHEN j.files_opened < j.files_total THEN 'opening' ELSE 'reading' END, started_at = now(),
    version = j.version + 1
  WHERE j.id = (SELECT q.id FROM jobs q WHERE q.id = claimed.job_id AND q.status = 'queued' FOR NO KEY UPDATE SKIP LOCKED)
  RETURNING j.version INTO new_version;
  IF FOUND THEN
    PERFORM pg_notify('docusnap_jobs', concat_ws(' ', claimed.job_id, new_version, false));
  END IF;
  RETURN QUERY
    SELECT claimed.id, claimed.kind, claimed.job_id, claimed.tenant_id, claimed.file_index, claimed.frame, claimed.token,
      claimed.attempt, f.media_type, j.options, j.master_key_id, j.wrapped_key
    FROM jobs j JOIN files f ON f.job_id = j.id AND f.file_index = claimed.file_index
    WHERE j.id = claimed.job_id;
END $$;

-- As before (0009_understanding), and counts pages in that were just read, which its caller has not. Gives the status it came to.
DROP FUNCTION advance_job(uuid, text, text);
CREATE FUNCTION advance_job(unit_job uuid, failure_code text, failure_message text, pages_read integer DEFAULT 0) RETURNS text
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
  job.pages_done := job.pages_done + pages_read;
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
    pages_done = job.pages_done,
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
  WHERE j.id = unit_job RETURNING j.status INTO job.status;
  -- With what has changed, so that those who wait for the end need not ask after every page.
  PERFORM pg_notify('docusnap_jobs', concat_ws(' ', unit_job, job.version + 1, ended));
  RETURN job.status;
END $$;
GRANT EXECUTE ON FUNCTION advance_job(uuid, text, text, integer) TO docusnap_worker;

-- As before (0008).
CREATE OR REPLACE FUNCTION save_page(unit_id bigint, unit_token bigint, unit_job uuid, page_sealed bytea, page_stages jsonb,
  page_cache_key bytea DEFAULT NULL) RETURNS boolean
LANGUAGE plpgsql AS $$
DECLARE
  taken units := take_held_unit(unit_id, unit_token, unit_job);
BEGIN
  INSERT INTO page_texts (job_id, file_index, frame, tenant_id, sealed)
  VALUES (unit_job, taken.file_index, taken.frame, taken.tenant_id, page_sealed);
  UPDATE pages p SET status = 'done', attempts = taken.attempt, stages = page_stages, cache_key = page_cache_key,
    version = (SELECT j.version + 1 FROM jobs j WHERE j.id = unit_job)
  WHERE p.job_id = unit_job AND p.file_index = taken.file_index AND p.frame = taken.frame;
  RETURN advance_job(unit_job, NULL, NULL, 1) = 'understanding';
END $$;
