-- How much waits, of all, of a tenant and of a key, and when that is too much.
--
-- Counted, not looked up: a million units may wait, and each submit asks. What changes is written down as a row of its own, which nobody ever waits
-- for, and the sweep adds those rows up. Counts of several rows each, changed in place, would make everybody wait for everybody, and deadlock where
-- one transaction touches several tenants.
--
-- SQLSTATE DS131 = tenant_queue_full, DS132 = queue_full, DS133 = larger_than_queue; their DETAIL is {of, what, waiting, most, retry_after}.

-- Up to the last sweep. Units: files to open and pages to read, those in hand too; bytes: of the files of jobs that have not ended.
CREATE TABLE backlog_counts (
  tenant_id uuid NOT NULL REFERENCES tenants ON DELETE CASCADE,
  -- All zeros: of jobs that came without a key.
  key_id uuid NOT NULL,
  units bigint NOT NULL,
  bytes bigint NOT NULL,
  PRIMARY KEY (tenant_id, key_id)
)
WITH (fillfactor = 50);

-- Since then. No reference: what belonged to a tenant that is gone is written down as it goes.
CREATE TABLE backlog_changes (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  tenant_id uuid NOT NULL,
  key_id uuid NOT NULL,
  units bigint NOT NULL,
  bytes bigint NOT NULL
)
WITH (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 1000);
CREATE INDEX backlog_changes_tenant ON backlog_changes (tenant_id);

-- One row: of all, up to the last sweep; and the limits, which processes write at their start from their configuration.
CREATE TABLE backlog (
  single boolean PRIMARY KEY DEFAULT true CHECK (single),
  units bigint NOT NULL DEFAULT 0,
  bytes bigint NOT NULL DEFAULT 0,
  -- Tenants of which something waits.
  tenants integer NOT NULL DEFAULT 0,
  -- Of all.
  most_units bigint NOT NULL DEFAULT 1000000,
  most_bytes bigint NOT NULL DEFAULT 107374182400,
  -- Of a tenant that has no limits of its own.
  most_units_of_tenant bigint NOT NULL DEFAULT 500000,
  most_bytes_of_tenant bigint NOT NULL DEFAULT 53687091200
)
WITH (fillfactor = 20);

ALTER TABLE backlog_counts ENABLE ROW LEVEL SECURITY;
ALTER TABLE backlog_changes ENABLE ROW LEVEL SECURITY;
ALTER TABLE backlog ENABLE ROW LEVEL SECURITY;
CREATE POLICY no_tenant ON backlog_counts TO docusnap_api USING (false);
CREATE POLICY no_tenant ON backlog_changes TO docusnap_api USING (false);
CREATE POLICY no_tenant ON backlog TO docusnap_api USING (false);
CREATE POLICY all_tenants ON backlog_counts TO docusnap_worker USING (true);
CREATE POLICY all_tenants ON backlog_changes TO docusnap_worker USING (true);
CREATE POLICY all_tenants ON backlog TO docusnap_worker USING (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON backlog_counts TO docusnap_worker;
GRANT SELECT, DELETE ON backlog_changes TO docusnap_worker;
GRANT SELECT, UPDATE ON backlog TO docusnap_worker;

-- Units of a job that have not ended.
CREATE FUNCTION units_left(job jobs) RETURNS integer
LANGUAGE sql IMMUTABLE
RETURN CASE WHEN job.finished_at IS NULL
  THEN job.files_total - job.files_opened + job.pages_made - job.pages_done - job.pages_failed ELSE 0 END;

-- The owner's work, whoever changes jobs.
CREATE FUNCTION note_backlog(tenant uuid, key uuid, more_units bigint, more_bytes bigint) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp
BEGIN ATOMIC
  INSERT INTO backlog_changes (tenant_id, key_id, units, bytes)
  SELECT tenant, coalesce(key, '00000000-0000-0000-0000-000000000000'), more_units, more_bytes
  WHERE more_units <> 0 OR more_bytes <> 0;
END;

-- A job comes with its files, each of which is to be opened.
CREATE FUNCTION note_files_made() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM note_backlog(j.tenant_id, j.key_id, f.files, f.bytes)
  FROM (SELECT job_id, count(*) AS files, sum(bytes)::bigint AS bytes FROM made GROUP BY job_id) f JOIN jobs j ON j.id = f.job_id
  WHERE j.finished_at IS NULL;
  RETURN NULL;
END $$;
CREATE TRIGGER backlog_made AFTER INSERT ON files REFERENCING NEW TABLE AS made
  FOR EACH STATEMENT EXECUTE FUNCTION note_files_made();

CREATE FUNCTION note_job_changed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  more_bytes bigint := 0;
BEGIN
  IF (OLD.finished_at IS NULL) <> (NEW.finished_at IS NULL) THEN
    more_bytes := (SELECT coalesce(sum(f.bytes), 0) FROM files f WHERE f.job_id = NEW.id);
    IF NEW.finished_at IS NOT NULL THEN
      more_bytes := -more_bytes;
    END IF;
  END IF;
  PERFORM note_backlog(NEW.tenant_id, NEW.key_id, units_left(NEW) - units_left(OLD), more_bytes);
  RETURN NULL;
END $$;
CREATE TRIGGER backlog_changed AFTER UPDATE ON jobs FOR EACH ROW
  WHEN ((OLD.files_opened, OLD.pages_made, OLD.pages_done, OLD.pages_failed, OLD.finished_at)
    IS DISTINCT FROM (NEW.files_opened, NEW.pages_made, NEW.pages_done, NEW.pages_failed, NEW.finished_at))
  EXECUTE FUNCTION note_job_changed();

-- Before: its files go with it.
CREATE FUNCTION note_job_erased() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM note_backlog(OLD.tenant_id, OLD.key_id, -units_left(OLD),
    -(SELECT coalesce(sum(f.bytes), 0)::bigint FROM files f WHERE f.job_id = OLD.id));
  RETURN OLD;
END $$;
CREATE TRIGGER backlog_erased BEFORE DELETE ON jobs FOR EACH ROW WHEN (OLD.finished_at IS NULL)
  EXECUTE FUNCTION note_job_erased();

CREATE FUNCTION note_all_erased() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  DELETE FROM backlog_changes;
  DELETE FROM backlog_counts;
  UPDATE backlog SET units = 0, bytes = 0, tenants = 0;
  RETURN NULL;
END $$;
CREATE TRIGGER backlog_erased_all AFTER TRUNCATE ON jobs FOR EACH STATEMENT EXECUTE FUNCTION note_all_erased();

-- What waits already. The triggers above keep all writers out until this is committed.
INSERT INTO backlog_counts (tenant_id, key_id, units, bytes)
SELECT j.tenant_id, coalesce(j.key_id, '00000000-0000-0000-0000-000000000000'), sum(units_left(j)),
  coalesce(sum((SELECT sum(f.bytes) FROM files f WHERE f.job_id = j.id)), 0)
FROM jobs j WHERE j.finished_at IS NULL GROUP BY 1, 2;
INSERT INTO backlog (units, bytes, tenants)
SELECT coalesce(sum(units), 0), coalesce(sum(bytes), 0), count(DISTINCT tenant_id) FILTER (WHERE units > 0) FROM backlog_counts;

-- Adds up what has changed. For the sweep, of which one runs at a time.
CREATE FUNCTION count_backlog() RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  WITH taken AS (
    DELETE FROM backlog_changes RETURNING tenant_id, key_id, units, bytes
  )
  INSERT INTO backlog_counts AS c (tenant_id, key_id, units, bytes)
  SELECT t.tenant_id, t.key_id, sum(t.units), sum(t.bytes) FROM taken t
  WHERE EXISTS (SELECT 1 FROM tenants o WHERE o.id = t.tenant_id)
  GROUP BY t.tenant_id, t.key_id
  ON CONFLICT (tenant_id, key_id) DO UPDATE SET units = c.units + EXCLUDED.units, bytes = c.bytes + EXCLUDED.bytes;
  DELETE FROM backlog_counts WHERE units = 0 AND bytes = 0;
  UPDATE backlog b SET units = n.units, bytes = n.bytes, tenants = n.tenants
  FROM (SELECT coalesce(sum(units), 0) AS units, coalesce(sum(bytes), 0) AS bytes,
    count(DISTINCT tenant_id) FILTER (WHERE units > 0) AS tenants FROM backlog_counts) n
  WHERE (b.units, b.bytes, b.tenants) IS DISTINCT FROM (n.units::bigint, n.bytes::bigint, n.tenants::integer);
END $$;

CREATE TYPE backlog_check AS (whose text, what text, waiting numeric, most numeric, alone numeric);

-- How many more units and bytes may wait beside so many more. Raises where those are too many, or where what was just written (alone_) has made
-- them too many. Of all tenants together it knows what the last sweep counted and what this tenant has done since. Submits of the same
-- moment do not see each other.
--
-- Runs as the owner, since the work of others counts too; what it tells is numbers.
CREATE FUNCTION room_left(tenant uuid, key uuid, more_units bigint, more_bytes bigint, alone_units bigint, alone_bytes bigint)
RETURNS TABLE (units numeric, bytes numeric)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp SET enable_seqscan = off AS $$
DECLARE
  whole backlog;
  of_tenant jsonb;
  of_key jsonb;
  mine record;
  checks backlog_check[];
  refused backlog_check;
BEGIN
  SELECT * INTO whole FROM backlog b WHERE b.single;
  SELECT t.limits INTO of_tenant FROM tenants t WHERE t.id = tenant;
  SELECT k.limits INTO of_key FROM api_keys k WHERE k.id = key AND k.tenant_id = tenant;
  SELECT coalesce(sum(c.units), 0) AS units, coalesce(sum(c.bytes), 0) AS bytes,
    coalesce(sum(c.units) FILTER (WHERE c.key_id = key), 0) AS key_units,
    coalesce(sum(c.bytes) FILTER (WHERE c.key_id = key), 0) AS key_bytes,
    coalesce(sum(c.units) FILTER (WHERE c.is_new), 0) AS new_units, coalesce(sum(c.bytes) FILTER (WHERE c.is_new), 0) AS new_bytes
  INTO mine FROM (
    SELECT n.key_id, n.units, n.bytes, false AS is_new FROM backlog_counts n WHERE n.tenant_id = tenant
    UNION ALL
    SELECT n.key_id, n.units, n.bytes, true FROM backlog_changes n WHERE n.tenant_id = tenant) c;
  checks := ARRAY[
    ('key', 'units', mine.key_units + more_units, of_key ->> 'waiting_units', alone_units),
    ('key', 'bytes', mine.key_bytes + more_bytes, of_key ->> 'bytes_waiting', alone_bytes),
    ('tenant', 'units', mine.units + more_units, coalesce((of_tenant ->> 'waiting_units')::numeric, whole.most_units_of_tenant), alone_units),
    ('tenant', 'bytes', mine.bytes + more_bytes, coalesce((of_tenant ->> 'bytes_waiting')::numeric, whole.most_bytes_of_tenant), alone_bytes),
    ('all', 'units', whole.units + mine.new_units + more_units, whole.most_units, alone_units),
    ('all', 'bytes', whole.bytes + mine.new_bytes + more_bytes, whole.most_bytes, alone_bytes)];
  SELECT c.* INTO refused FROM unnest(checks) WITH ORDINALITY AS c (whose, what, waiting, most, alone, place)
  WHERE c.waiting > c.most ORDER BY c.place LIMIT 1;
  IF NOT FOUND THEN
    RETURN QUERY SELECT min(c.most - c.waiting) FILTER (WHERE c.what = 'units'), min(c.most - c.waiting) FILTER (WHERE c.what = 'bytes')
      FROM unnest(checks) c;
    RETURN;
  END IF;
  RAISE EXCEPTION 'too much waits: % % of % of the %', refused.waiting, refused.what, refused.most, refused.whose USING
    ERRCODE = CASE WHEN refused.alone > refused.most THEN 'DS133' WHEN refused.whose = 'all' THEN 'DS132' ELSE 'DS131' END,
    DETAIL = json_build_object('of', refused.whose, 'what', refused.what, 'waiting', refused.waiting, 'most', refused.most,
      'retry_after', seconds_until_read(
        CASE refused.what WHEN 'units' THEN refused.waiting - refused.most
          -- Bytes go with the units they belong to.
          ELSE (refused.waiting - refused.most) * greatest(mine.units, 1) / greatest(mine.bytes, 1) END::double precision,
        -- Turns go round among the tenants.
        CASE refused.whose WHEN 'all' THEN 1 ELSE greatest(whole.tenants, 1) END));
END $$;

-- Only raises: for those who look before they ask to be taken.
CREATE FUNCTION refuse_if_full(tenant uuid, key uuid, more_units bigint, more_bytes bigint) RETURNS void
LANGUAGE plpgsql STABLE AS $$
BEGIN
  PERFORM room_left(tenant, key, more_units, more_bytes, 0, 0);
END $$;

-- Seconds until so many units have ended, at the rate at which pages are read just now and with one of so many tenants in turn: from 1 to
-- 3,600, and 30 where nobody has said a rate, which is as long as a rate that was said is believed.
CREATE FUNCTION seconds_until_read(units double precision, tenants integer) RETURNS integer
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
RETURN (
  SELECT CASE WHEN count(*) = 0 THEN 30
    ELSE least(3600, greatest(1, ceil(units * tenants / (sum(w.readers / w.page_ms) * 1000)))) END::integer
  FROM workers w WHERE w.seen_at > now() - interval '30 seconds' AND w.page_ms IS NOT NULL AND w.readers > 0);

-- Was empty. All jobs of one transaction count: the one that makes them too many refuses all. The first has the room looked up, and those that
-- follow take theirs of that: a batch would otherwise count itself once for each of its jobs.
CREATE OR REPLACE FUNCTION admit_job(created jobs) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  own_bytes bigint := (SELECT coalesce(sum(f.bytes), 0) FROM files f WHERE f.job_id = created.id);
  whose text := concat_ws(' ', created.tenant_id, coalesce(created.key_id::text, '-'));
  -- 'tenant key units bytes', gone with the transaction.
  left_over text[] := string_to_array(nullif(current_setting('docusnap.room', true), ''), ' ');
  room record;
BEGIN
  IF left_over IS NOT NULL AND whose = concat_ws(' ', left_over[1], left_over[2])
    AND left_over[3]::bigint >= created.files_total AND left_over[4]::bigint >= own_bytes THEN
    PERFORM set_config('docusnap.room',
      concat_ws(' ', whose, left_over[3]::bigint - created.files_total, left_over[4]::bigint - own_bytes), true);
    RETURN;
  END IF;
  SELECT r.units, r.bytes INTO room FROM room_left(created.tenant_id, created.key_id, 0, 0, created.files_total, own_bytes) r;
  PERFORM set_config('docusnap.room', concat_ws(' ', whose, room.units, room.bytes), true);
END $$;

GRANT EXECUTE ON FUNCTION room_left(uuid, uuid, bigint, bigint, bigint, bigint), refuse_if_full(uuid, uuid, bigint, bigint) TO docusnap_api;
GRANT EXECUTE ON FUNCTION count_backlog() TO docusnap_worker;
