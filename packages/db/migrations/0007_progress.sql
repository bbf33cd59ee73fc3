-- How far a job is, and how long it will take.

-- What each ocr process says of itself every few seconds; from it come estimates, and nothing else.
CREATE TABLE workers (
  holder text PRIMARY KEY,
  readers integer NOT NULL CHECK (readers >= 0),
  -- Milliseconds one reader takes for a page, a running mean; null until the process has read one.
  page_ms double precision CHECK (page_ms > 0),
  seen_at timestamptz(3) NOT NULL DEFAULT now()
);
CREATE INDEX workers_seen ON workers (seen_at);
ALTER TABLE workers ENABLE ROW LEVEL SECURITY;
CREATE POLICY no_tenant ON workers TO docusnap_api USING (false);
CREATE POLICY all_tenants ON workers TO docusnap_worker USING (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON workers TO docusnap_worker;

-- As before, and forgets processes that have been silent for as long as a lease.
CREATE OR REPLACE FUNCTION sweep_units(most_claims integer, failure_code text) RETURNS TABLE (released integer, exhausted integer)
LANGUAGE plpgsql SET enable_seqscan = off AS $$
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
    PERFORM fail_taken_unit(taken, failure_code, NULL, NULL);
    exhausted := exhausted + 1;
  END LOOP;
  UPDATE units u SET leased_until = NULL WHERE u.id IN (
    SELECT l.id FROM units l WHERE l.leased_until < now() AND l.claims < most_claims FOR NO KEY UPDATE SKIP LOCKED);
  GET DIAGNOSTICS released = ROW_COUNT;
  DELETE FROM workers w WHERE w.holder IN (
    SELECT l.holder FROM workers l WHERE l.seen_at < now() - interval '30 seconds' FOR UPDATE SKIP LOCKED);
  RETURN NEXT;
END $$;

-- Where a running job stands: how many units go before its next one, and when it will have ended if the readers go on as they do.
-- Estimates, from at most `most` units however many wait, by the order of lock_next_unit (0004_claim.sql): what is more urgent of the
-- same tenant, one unit of each older job that has none in hand, and as many of each other tenant, whose turns alternate with this one's.
-- `ahead` is 0 for a job that has units in hand; `eta_seconds` is null where the pages are not counted, more than `most` units go
-- before, or nobody has said how fast pages are read. No row: this tenant has no such job, or all its pages have ended.
--
-- Runs as the owner, since the units of others count too: it checks the tenant itself, and gives numbers only.
CREATE FUNCTION job_progress(tenant uuid, job_id uuid, most integer) RETURNS TABLE (ahead integer, eta_seconds integer)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp
SET enable_seqscan = off SET enable_bitmapscan = off SET plan_cache_mode = force_generic_plan SET jit = off
AS $$
DECLARE
  job jobs;
  prio smallint;
  age timestamptz;
  held_jobs uuid[] := ARRAY(SELECT u.job_id FROM units u WHERE u.leased_until IS NOT NULL);
  turns integer;
  rate record;
BEGIN
  SELECT * INTO job FROM jobs j WHERE j.id = job_progress.job_id AND j.tenant_id = tenant AND j.finished_at IS NULL
    AND j.status <> 'understanding';
  IF NOT FOUND THEN
    RETURN;
  END IF;
  prio := (job.options ->> 'priority')::smallint;
  age := coalesce(job.retried_at, job.created_at);
  ahead := 0;
  IF job.id <> ALL (held_jobs) THEN
    SELECT count(*) INTO ahead FROM (
      SELECT FROM units u WHERE u.leased_until IS NULL AND u.tenant_id = tenant AND u.priority > prio LIMIT most) urgent;
    ahead := ahead + (
      WITH RECURSIVE older AS (
        (SELECT u.queued_at, u.job_id FROM units u
         WHERE u.leased_until IS NULL AND u.tenant_id = tenant AND u.priority = prio
         ORDER BY u.queued_at, u.job_id LIMIT 1)
        UNION ALL
        -- Ended by the job itself. Looking for older ones only, PostgreSQL 15 reads all units of this job for the last one.
        SELECT next.queued_at, next.job_id FROM older, LATERAL (
          SELECT u.queued_at, u.job_id FROM units u
          WHERE u.leased_until IS NULL AND u.tenant_id = tenant AND u.priority = prio
            AND (u.queued_at, u.job_id) > (older.queued_at, older.job_id)
          ORDER BY u.queued_at, u.job_id LIMIT 1) next
        WHERE (older.queued_at, older.job_id) < (age, job.id)
      )
      SELECT count(*) FROM (
        SELECT FROM older o WHERE (o.queued_at, o.job_id) < (age, job.id) AND o.job_id <> ALL (held_jobs) LIMIT most - ahead
      ) one_each);
    turns := ahead + 1;
    ahead := ahead + (
      WITH RECURSIVE waiting AS (
        (SELECT u.tenant_id FROM units u WHERE u.leased_until IS NULL ORDER BY u.tenant_id LIMIT 1)
        UNION ALL
        SELECT next.tenant_id FROM waiting, LATERAL (
          SELECT u.tenant_id FROM units u WHERE u.leased_until IS NULL AND u.tenant_id > waiting.tenant_id
          ORDER BY u.tenant_id LIMIT 1) next
      )
      SELECT count(*) FROM (
        SELECT FROM waiting w, LATERAL (
          SELECT FROM units u WHERE u.leased_until IS NULL AND u.tenant_id = w.tenant_id LIMIT turns) theirs
        WHERE w.tenant_id <> tenant LIMIT most - ahead) alternating);
  END IF;
  -- Of all processes together: readers, and milliseconds a page.
  SELECT sum(w.readers) AS readers, sum(w.readers) / nullif(sum(w.readers / w.page_ms), 0) AS page_ms INTO rate
  FROM workers w WHERE w.seen_at > now() - interval '30 seconds' AND w.page_ms IS NOT NULL AND w.readers > 0;
  IF job.pages_total IS NOT NULL AND ahead < most THEN
    -- In rounds, since one page is read by one reader.
    eta_seconds := ceil(
      ceil((ahead + job.pages_total - job.pages_done - job.pages_failed)::double precision / rate.readers) * rate.page_ms / 1000);
  END IF;
  RETURN NEXT;
END $$;

GRANT EXECUTE ON FUNCTION job_progress(uuid, uuid, integer) TO docusnap_api;
