-- options.pages, "1-3,7": only these pages of the job are read, counted from 1 over all its files in order. The others have no rows;
-- those that are read keep the numbers they have in the documents. A file that cannot be opened counts no pages: nobody knows how many.
--
-- SQLSTATE DS003 = no_such_pages.

-- The pages that the options of a job select; null = all.
CREATE FUNCTION selected_pages(options jsonb) RETURNS int4multirange
LANGUAGE sql IMMUTABLE
RETURN (
  SELECT range_agg(int4range(split_part(part, '-', 1)::integer,
    coalesce(nullif(split_part(part, '-', 2), ''), split_part(part, '-', 1))::integer, '[]'))
  FROM string_to_table(options ->> 'pages', ',') part);

-- A file was opened: it has so many frames, each selected one now a page and a unit to read. Gives how many units it made.
--
-- In a job of several files it is known which pages are selected once all files are opened: only then there are units.
CREATE OR REPLACE FUNCTION save_opened_file(unit_id bigint, unit_token bigint, unit_job uuid, frames integer, most_pages integer)
RETURNS integer
LANGUAGE plpgsql AS $$
DECLARE
  taken units := take_held_unit(unit_id, unit_token, unit_job);
  job jobs;
  selected int4multirange;
  waits boolean;
  made integer;
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
  PERFORM advance_job(unit_job, NULL, NULL);
  IF waits THEN
    SELECT count(*) INTO made FROM units u WHERE u.job_id = unit_job AND u.kind = 'read';
  END IF;
  RETURN made;
END $$;

-- All files of the job are opened: its pages get their numbers, and those that are not selected go. Gives the number of those that stay.
CREATE FUNCTION number_pages(job jobs) RETURNS integer
LANGUAGE plpgsql AS $$
DECLARE
  selected int4multirange := selected_pages(job.options);
  kept integer;
BEGIN
  UPDATE pages p SET number = n.number
  FROM (SELECT file_index, frame, row_number() OVER (ORDER BY file_index, frame) AS number FROM pages WHERE job_id = job.id) n
  WHERE p.job_id = job.id AND p.file_index = n.file_index AND p.frame = n.frame;
  IF selected IS NULL THEN
    RETURN job.pages_made;
  END IF;
  DELETE FROM pages p WHERE p.job_id = job.id AND NOT selected @> p.number;
  INSERT INTO units (kind, job_id, tenant_id, file_index, frame, priority, queued_at)
  SELECT 'read', p.job_id, p.tenant_id, p.file_index, p.frame, (job.options ->> 'priority')::smallint, job.created_at
  FROM pages p WHERE p.job_id = job.id ORDER BY p.file_index, p.frame;
  GET DIAGNOSTICS kept = ROW_COUNT;
  UPDATE jobs j SET pages_made = kept WHERE j.id = job.id;
  RETURN kept;
END $$;

-- The job after a unit of it ended: one version further, numbered once the last file is opened, ended once nothing is left. The
-- caller holds the job's row, has counted its own change in, and names its failure if it has one.
CREATE OR REPLACE FUNCTION advance_job(unit_job uuid, failure_code text, failure_message text) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  job jobs;
  all_opened boolean;
  ended boolean;
  made integer;
  none_selected boolean := false;
BEGIN
  SELECT * INTO job FROM jobs j WHERE j.id = unit_job;
  all_opened := job.files_opened = job.files_total;
  made := job.pages_made;
  IF all_opened AND job.pages_total IS NULL AND job.files_total > 1 THEN
    made := number_pages(job);
    none_selected := made = 0 AND job.pages_made > 0;
  END IF;
  ended := all_opened AND job.pages_done + job.pages_failed = made;
  UPDATE jobs j SET
    version = job.version + 1,
    started_at = coalesce(job.started_at, now()),
    pages_total = CASE WHEN all_opened THEN made END,
    finished_at = CASE WHEN ended THEN now() END,
    status = CASE
      WHEN NOT all_opened THEN 'opening'
      WHEN NOT ended THEN 'reading'
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

GRANT EXECUTE ON FUNCTION selected_pages(jsonb), number_pages(jobs) TO docusnap_worker;
-- Pages that are not selected are taken away again.
GRANT DELETE ON pages TO docusnap_worker;
