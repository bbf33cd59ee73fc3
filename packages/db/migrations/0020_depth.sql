-- What an installation is asked all the time takes as long with a million units waiting as with a thousand: counted no further than so many, and beyond
-- that as the last sweep added them up (0013_backlog.sql).

-- What waits to be read, what is in hand, and since when the oldest has waited; null where nothing waits. Exact for up to `most` units that wait.
-- The oldest is the first of some tenant and priority: of each it is one look into the index, and after `most` of them enough is seen.
CREATE FUNCTION read_lane(most bigint) RETURNS TABLE (waiting bigint, held bigint, oldest timestamptz)
LANGUAGE plpgsql STABLE SET enable_seqscan = off SET enable_bitmapscan = off SET plan_cache_mode = force_generic_plan SET jit = off AS $$
BEGIN
  held := (SELECT count(*) FROM units u WHERE u.leased_until IS NOT NULL);
  waiting := (SELECT count(*) FROM (SELECT FROM units u WHERE u.leased_until IS NULL LIMIT most) counted);
  IF waiting = most THEN
    waiting := greatest(most, (SELECT b.units FROM backlog b WHERE b.single) - held);
  END IF;
  oldest := (
    WITH RECURSIVE firsts AS (
      (SELECT u.tenant_id, u.priority, u.queued_at FROM units u WHERE u.leased_until IS NULL
       ORDER BY u.tenant_id, u.priority DESC, u.queued_at LIMIT 1)
      UNION ALL
      SELECT next.tenant_id, next.priority, next.queued_at FROM firsts f, LATERAL (
        (SELECT u.tenant_id, u.priority, u.queued_at FROM units u
         WHERE u.leased_until IS NULL AND u.tenant_id = f.tenant_id AND u.priority < f.priority
         ORDER BY u.tenant_id, u.priority DESC, u.queued_at LIMIT 1)
        UNION ALL
        (SELECT u.tenant_id, u.priority, u.queued_at FROM units u WHERE u.leased_until IS NULL AND u.tenant_id > f.tenant_id
         ORDER BY u.tenant_id, u.priority DESC, u.queued_at LIMIT 1)
        -- The second is looked for where there is no first.
        LIMIT 1) next
    )
    SELECT min(f.queued_at) FROM (SELECT queued_at FROM firsts LIMIT most) f);
  RETURN NEXT;
END $$;

-- The same of jobs to understand, of which nobody keeps a sum: what is more than `most` is told as `most`.
CREATE FUNCTION understand_lane(most bigint) RETURNS TABLE (waiting bigint, held bigint, oldest timestamptz)
LANGUAGE plpgsql STABLE SET enable_seqscan = off SET enable_bitmapscan = off SET plan_cache_mode = force_generic_plan SET jit = off AS $$
BEGIN
  held := (SELECT count(*) FROM understandings u WHERE u.leased_until IS NOT NULL);
  waiting := (SELECT count(*) FROM (
    SELECT FROM understandings u WHERE u.status = 'queued' AND u.leased_until IS NULL LIMIT most) counted);
  oldest := (
    WITH RECURSIVE firsts AS (
      (SELECT u.tenant_id, u.priority, u.queued_at FROM understandings u WHERE u.status = 'queued' AND u.leased_until IS NULL
       ORDER BY u.tenant_id, u.priority DESC, u.queued_at LIMIT 1)
      UNION ALL
      SELECT next.tenant_id, next.priority, next.queued_at FROM firsts f, LATERAL (
        (SELECT u.tenant_id, u.priority, u.queued_at FROM understandings u
         WHERE u.status = 'queued' AND u.leased_until IS NULL AND u.tenant_id = f.tenant_id AND u.priority < f.priority
         ORDER BY u.tenant_id, u.priority DESC, u.queued_at LIMIT 1)
        UNION ALL
        (SELECT u.tenant_id, u.priority, u.queued_at FROM understandings u
         WHERE u.status = 'queued' AND u.leased_until IS NULL AND u.tenant_id > f.tenant_id
         ORDER BY u.tenant_id, u.priority DESC, u.queued_at LIMIT 1)
        LIMIT 1) next
    )
    SELECT min(f.queued_at) FROM (SELECT queued_at FROM firsts LIMIT most) f);
  RETURN NEXT;
END $$;

GRANT EXECUTE ON FUNCTION read_lane(bigint), understand_lane(bigint) TO docusnap_worker;

-- A name with a letter between all its own, for what has fewer than three of them in a row: the trigram index (0001_tables.sql) knows nothing of those, and all
-- jobs of the tenant were read. 'ab' becomes 'xaxbx', whose trigrams are the single letters, 'xax', and the pairs, 'axb'.
CREATE FUNCTION job_name_letters(name text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN 'x' || regexp_replace(name, '(.)', '\1x', 'g');
GRANT EXECUTE ON FUNCTION job_name_letters(text) TO docusnap_api, docusnap_worker;

-- As ILIKE wants it: what is part of a text.
CREATE FUNCTION containing(part text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN '%' || regexp_replace(part, '([\\%_])', '\\\1', 'g') || '%';

-- As before (0012_submit_terms.sql). By name it took whichever way the planner held for shorter, which was wrong by far where names tell their time, as
-- numbered ones do. Now it first looks at the newest 500 jobs, where common names are found, and for others into an index: measured with a million jobs,
-- 60 ms became 1 to 9 for one whole name, and more than a second became 1 ms for two letters that no name has.
--
-- Of a long name a part is looked up, and all of it compared then: each trigram more costs as much as the rows that are found. Digits tell more than letters.
CREATE OR REPLACE FUNCTION list_job_ids(wanted_status text, wanted_name text, created_from timestamptz, created_to timestamptz,
  after_created_at timestamptz, after_id uuid, wanted integer, wanted_batch uuid) RETURNS SETOF uuid
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  newest_looked_at CONSTANT integer := 500;
  part_length CONSTANT integer := 8;
  among CONSTANT text := ' FROM jobs WHERE tenant_id = $1'
    || CASE WHEN wanted_status IS NOT NULL THEN ' AND status = $2' ELSE '' END
    || CASE WHEN created_from IS NOT NULL THEN ' AND created_at >= $3' ELSE '' END
    || CASE WHEN created_to IS NOT NULL THEN ' AND created_at < $4' ELSE '' END
    || CASE WHEN after_id IS NOT NULL THEN ' AND (created_at, id) < ($5, $6)' ELSE '' END
    || CASE WHEN wanted_batch IS NOT NULL THEN ' AND batch_id = $8' ELSE '' END;
  looked_at integer;
  newest uuid[];
  looked_up text;
BEGIN
  IF wanted_name IS NULL THEN
    RETURN QUERY EXECUTE 'SELECT id' || among || ' ORDER BY created_at DESC, id DESC LIMIT $7'
    USING current_tenant(), wanted_status, created_from, created_to, after_created_at, after_id, wanted, wanted_batch;
    RETURN;
  END IF;

  EXECUTE 'SELECT count(*), coalesce(array_agg(n.id ORDER BY n.created_at DESC, n.id DESC) FILTER (WHERE n.name ILIKE $9), ''{}'')
    FROM (SELECT id, created_at, name' || among || ' ORDER BY created_at DESC, id DESC LIMIT $7) n'
  INTO looked_at, newest
  USING current_tenant(), wanted_status, created_from, created_to, after_created_at, after_id, newest_looked_at, wanted_batch, containing(wanted_name);
  IF looked_at < newest_looked_at OR cardinality(newest) >= wanted THEN
    RETURN QUERY SELECT unnest(newest[:wanted]);
    RETURN;
  END IF;

  IF wanted_name ~ '[[:alnum:]]{3}' THEN
    looked_up := (SELECT p.part FROM (
        SELECT at, substr(wanted_name, at, part_length) AS part FROM generate_series(1, greatest(1, length(wanted_name) - part_length + 1)) at) p
      ORDER BY p.part ~ '[[:alnum:]]{3}' DESC, length(regexp_replace(p.part, '[^0-9]', '', 'g')) DESC, p.at DESC LIMIT 1);
  ELSE
    looked_up := job_name_letters(wanted_name);
    -- Of a pair only what is between is needed, and has one trigram; of a single letter what is around it, too.
    looked_up := CASE WHEN length(wanted_name) > 1 THEN substr(looked_up, 2, length(looked_up) - 2) ELSE looked_up END;
  END IF;
  -- Sorted by what no index has, so that an index of names is what is left; all of the name is compared where it is of no use to any.
  RETURN QUERY EXECUTE 'SELECT id' || among
    || CASE WHEN wanted_name ~ '[[:alnum:]]{3}' THEN ' AND name ILIKE $9' ELSE ' AND job_name_letters(name) ILIKE $9' END
    || ' AND (name || '''') ILIKE $10 ORDER BY created_at + interval ''0'' DESC, id DESC LIMIT $7'
  USING current_tenant(), wanted_status, created_from, created_to, after_created_at, after_id, wanted, wanted_batch, containing(looked_up),
    containing(wanted_name);
END $$;
