-- Turns between tenants where there is one reader. What its tenant had in hand is saved when it claims again, so all tenants had as little, and the one with the
-- oldest job came first each time: with thousands of jobs of a page each it kept everybody else waiting for all of them. So the tenant of the job served last
-- counts as if it had that unit still, also where the job has none left. All else is as before (0009_turns.sql).
CREATE OR REPLACE FUNCTION lock_next_unit(served_job uuid) RETURNS bigint
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
        SELECT j.tenant_id FROM jobs j WHERE j.id = served_job
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
