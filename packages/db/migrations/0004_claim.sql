-- Which unit is next, and who has it.
--
-- Locks, so that nothing can deadlock. Who waits for locks takes the job's row first, then rows of that job only: saving, failing,
-- erasing. Who begins with a unit (claim, renew, sweep) never waits while holding anything: SKIP LOCKED throughout.

-- A job that has units in hand, all of which share these.
CREATE TYPE jobs_in_hand AS (tenant_id uuid, priority smallint, queued_at timestamptz, job_id uuid);

-- The waiting unit that goes first:
--   the tenant with the fewest units in hand, among equals the one whose first unit is oldest;
--   its highest priority; of its jobs there the one with the fewest units in hand, among equals the oldest; its first unit.
-- What another claim is just taking is passed over, so that two claims never wait for each other nor get the same.
--
-- It must not matter how many units wait. So every step is a probe into units_waiting (from one tenant to the next, from one job to
-- the next), and those in hand, which must be counted, are only as many as there are readers. The planner is told to keep to
-- that: this table is empty one minute and holds 100,000 rows the next, and its statistics know only one of the two.
CREATE FUNCTION lock_next_unit() RETURNS bigint
LANGUAGE plpgsql
SET enable_seqscan = off SET enable_bitmapscan = off SET plan_cache_mode = force_generic_plan SET jit = off
AS $$
DECLARE
  tenant uuid;
  prio smallint;
  job record;
  -- Those with the fewest first, then the oldest. Looked at once: a job that is passed over because it has units in hand may have
  -- none any more when its turn comes a moment later, and would look as if nothing of it waited.
  held jobs_in_hand[] := ARRAY(
    SELECT (u.tenant_id, u.priority, u.queued_at, u.job_id)::jobs_in_hand FROM units u WHERE u.leased_until IS NOT NULL
    GROUP BY u.tenant_id, u.priority, u.queued_at, u.job_id ORDER BY count(*), u.queued_at, u.job_id);
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
      SELECT u.tenant_id, count(*) AS units FROM units u WHERE u.leased_until IS NOT NULL GROUP BY u.tenant_id
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

-- The first waiting unit of one job that nobody else is just taking, locked; null when there is none.
CREATE FUNCTION lock_unit_of(tenant uuid, prio smallint, age timestamptz, job uuid) RETURNS bigint
LANGUAGE plpgsql AS $$
BEGIN
  RETURN (
    SELECT u.id FROM units u
    WHERE u.leased_until IS NULL AND u.tenant_id = tenant AND u.priority = prio AND u.queued_at = age AND u.job_id = job
    ORDER BY u.id LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED);
END $$;

-- Claims the next unit for the holder, with a new token and a lease by this server's clock. No row: nothing waits.
CREATE FUNCTION claim_unit(new_holder text, lease_seconds integer)
RETURNS TABLE (id bigint, kind text, job_id uuid, tenant_id uuid, file_index integer, frame integer, token bigint, attempt integer,
  media_type text, options jsonb, master_key_id text, wrapped_key bytea)
LANGUAGE plpgsql AS $$
DECLARE
  next_id bigint := lock_next_unit();
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

-- Ids of those units that the caller still holds; their leases are renewed. A lease that ran out is taken again here unless another
-- claim came first, since only claims change tokens. A unit that is locked just now is being saved or released: it is
-- passed over, and renewed the next time if it is still there.
CREATE FUNCTION renew_units(unit_ids bigint[], tokens bigint[], lease_seconds integer) RETURNS SETOF bigint
LANGUAGE plpgsql AS $$
BEGIN
  UPDATE units u SET leased_until = now() + make_interval(secs => lease_seconds)
  WHERE u.id IN (
    SELECT l.id FROM unnest(unit_ids, tokens) AS mine (id, token) JOIN units l ON l.id = mine.id AND l.token = mine.token
    FOR NO KEY UPDATE OF l SKIP LOCKED);
  RETURN QUERY
    SELECT u.id FROM unnest(unit_ids, tokens) AS mine (id, token) JOIN units u ON u.id = mine.id AND u.token = mine.token;
END $$;

GRANT EXECUTE ON FUNCTION lock_next_unit(), lock_unit_of(uuid, smallint, timestamptz, uuid), claim_unit(text, integer),
  renew_units(bigint[], bigint[], integer) TO docusnap_worker;
