-- Turns between jobs when each reader is busy with a long one. A reader that has just saved a page of a job leaves that job, for the moment
-- of the next claim, with fewer units in hand than it had: the oldest job would win every time, and a later one wait for all of its pages. So
-- a claim names the job that its reader served last, which counts as if it had that unit in hand still.
--
-- And who opens a file reads its first page: the job was next a moment ago, when nobody knew its pages yet.

DROP FUNCTION claim_unit(text, integer);
DROP FUNCTION lock_next_unit();

-- As before (0004_claim.sql), but for the job served last; null where there is none.
CREATE FUNCTION lock_next_unit(served_job uuid) RETURNS bigint
LANGUAGE plpgsql
SET enable_seqscan = off SET enable_bitmapscan = off SET plan_cache_mode = force_generic_plan SET jit = off
AS $$
DECLARE
  tenant uuid;
  prio smallint;
  job record;
  -- The units in hand, and one waiting unit of the job served last for the one that was.
  held jobs_in_hand[] := ARRAY(
    SELECT (h.tenant_id, h.priority, h.queued_at, h.job_id)::jobs_in_hand FROM (
      SELECT u.tenant_id, u.priority, u.queued_at, u.job_id FROM units u WHERE u.leased_until IS NOT NULL
      UNION ALL
      (SELECT s.tenant_id, s.priority, s.queued_at, s.job_id FROM units s WHERE s.job_id = served_job AND s.leased_until IS NULL LIMIT 1)
    ) h
    GROUP BY h.tenant_id, h.priority, h.queued_at, h.job_id ORDER BY count(*), h.queued_at, h.job_id);
  held_jobs uuid[] := ARRAY(SELECT h.job_id FROM unnest(held) h);
  chosen bigint;
BEGIN
  FOR tenant IN
    WITH RECURSIVE waiting AS (
      (SELECT u.tenant_id, u.queued_at FROM units u WHERE u.leased_until IS NULL
       ORDER BY u.tenant_id, u.priority DESC, u.queued_at, u.job_id, u.id LIMIT 1)
      UNION ALL
      SELECT first.tenant_id, first.queued_at FROM waiting, LATERAL (
        SELECT u.tenant_id, u.queued_at FROM units u WHERE u.leased_until IS NULL AND u.tenant_id > waiting.tenant_id
        ORDER BY u.tenant_id, u.priority DESC, u.queued_at, u.job_id, u.id LIMIT 1) first
    ), in_hand AS (
      SELECT h.tenant_id, count(*) AS units FROM (
        SELECT u.tenant_id FROM units u WHERE u.leased_until IS NOT NULL
        UNION ALL
        (SELECT s.tenant_id FROM units s WHERE s.job_id = served_job AND s.leased_until IS NULL LIMIT 1)
      ) h GROUP BY h.tenant_id
    )
    SELECT w.tenant_id FROM waiting w LEFT JOIN in_hand h USING (tenant_id)
    ORDER BY coalesce(h.units, 0), w.queued_at, w.tenant_id
  LOOP
    prio := 10;
    LOOP
      SELECT u.priority INTO prio FROM units u
      WHERE u.leased_until IS NULL AND u.tenant_id = tenant AND u.priority < prio
      ORDER BY u.priority DESC LIMIT 1;
      EXIT WHEN NOT FOUND;

      -- Jobs that have none in hand, oldest first. At most as many steps as jobs in hand or being taken, and one.
      job := NULL;
      LOOP
        IF job IS NULL THEN
          SELECT u.queued_at, u.job_id INTO job FROM units u
          WHERE u.leased_until IS NULL AND u.tenant_id = tenant AND u.priority = prio
          ORDER BY u.queued_at, u.job_id LIMIT 1;
        ELSE
          SELECT u.queued_at, u.job_id INTO job FROM units u
          WHERE u.leased_until IS NULL AND u.tenant_id = tenant AND u.priority = prio
            AND (u.queued_at, u.job_id) > (job.queued_at, job.job_id)
          ORDER BY u.queued_at, u.job_id LIMIT 1;
        END IF;
        EXIT WHEN NOT FOUND;
        CONTINUE WHEN job.job_id = ANY (held_jobs);
        chosen := lock_unit_of(tenant, prio, job.queued_at, job.job_id);
        IF chosen IS NOT NULL THEN
          RETURN chosen;
        END IF;
      END LOOP;

      -- All waiting jobs have units in hand: the one with the fewest.
      FOREACH job IN ARRAY held LOOP
        CONTINUE WHEN job.tenant_id <> tenant OR job.priority <> prio;
        chosen := lock_unit_of(tenant, prio, job.queued_at, job.job_id);
        IF chosen IS NOT NULL THEN
          RETURN chosen;
        END IF;
      END LOOP;
    END LOOP;
  END LOOP;
  RETURN NULL;
END $$;

-- Gives the locked unit to the holder, with a new token and a lease by this server's clock. No row: there is none.
CREATE FUNCTION take_unit(next_id bigint, new_holder text, lease_seconds integer)
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
  UPDATE jobs j SET status = 'opening', started_at = now(), version = j.version + 1
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

-- Claims the next unit for the holder, whose reader served that job last. The default is for workers of the version before.
CREATE FUNCTION claim_unit(new_holder text, lease_seconds integer, served_job uuid DEFAULT NULL)
RETURNS TABLE (id bigint, kind text, job_id uuid, tenant_id uuid, file_index integer, frame integer, token bigint, attempt integer,
  media_type text, options jsonb, master_key_id text, wrapped_key bytea)
LANGUAGE sql
BEGIN ATOMIC
  SELECT * FROM take_unit(lock_next_unit(served_job), new_holder, lease_seconds);
END;

-- As before; what is claimed is the first page that waits of the job whose file was opened, and only without one whatever is next.
CREATE OR REPLACE FUNCTION save_opened_file_and_claim(unit_id bigint, unit_token bigint, unit_job uuid, frames integer,
  most_pages integer, new_holder text, lease_seconds integer)
RETURNS TABLE (waiting integer, id bigint, kind text, job_id uuid, tenant_id uuid, file_index integer, frame integer, token bigint,
  attempt integer, media_type text, options jsonb, master_key_id text, wrapped_key bytea)
LANGUAGE plpgsql AS $$
DECLARE
  made integer := save_opened_file(unit_id, unit_token, unit_job, frames, most_pages);
  own bigint;
BEGIN
  SELECT u.id INTO own FROM units u WHERE u.job_id = unit_job AND u.kind = 'read' AND u.leased_until IS NULL
  ORDER BY u.file_index, u.frame LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED;
  RETURN QUERY SELECT made, c.* FROM (SELECT) one
    LEFT JOIN take_unit(coalesce(own, lock_next_unit(unit_job)), new_holder, lease_seconds) c ON true;
END $$;

GRANT EXECUTE ON FUNCTION lock_next_unit(uuid), take_unit(bigint, text, integer), claim_unit(text, integer, uuid) TO docusnap_worker;
