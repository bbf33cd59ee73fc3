-- How long things are kept, how jobs are erased down to their last blob, and what keeps append-only tables small.
--
-- A row that is deleted cannot say what is left to remove in the blob store; so whoever deletes a job, and for whatever reason, leaves an
-- erasure in the same transaction. It is worked off until the blobs are gone, and then becomes a receipt.

-- How long: 'jobs' after their end unless they or their tenant say otherwise, and of partitioned tables the rows by their time.
CREATE TABLE keeps (
  name text PRIMARY KEY,
  keep_seconds bigint NOT NULL CHECK (keep_seconds > 0)
);
-- 7 days, and 13 months of 396 days.
INSERT INTO keeps (name, keep_seconds) VALUES ('jobs', 604800), ('erasure_receipts', 34214400);

-- When one of the gateways last took the turn to do something that need not be done by all.
CREATE TABLE turns (
  name text PRIMARY KEY,
  taken_at timestamptz(3) NOT NULL
);

-- What is left to do of jobs that are gone. Few rows: one leaves when the last blob has.
CREATE TABLE erasures (
  job_id uuid PRIMARY KEY,
  tenant_id uuid NOT NULL,
  reason text NOT NULL,
  -- The API key that asked for it; null where none did.
  key_id uuid,
  files integer NOT NULL,
  bytes bigint NOT NULL,
  pages integer NOT NULL,
  texts integer NOT NULL,
  extractions integer NOT NULL,
  -- Pages that had images.
  pictured integer NOT NULL,
  -- Rows and data key are gone since then.
  erased_at timestamptz(3) NOT NULL DEFAULT now(),
  -- A reader may have had a page of it in hand, and may put an image where all was removed: so it is removed once more after a while.
  written_late boolean NOT NULL,
  -- When the next one may see to it.
  due_at timestamptz(3) NOT NULL
);
CREATE INDEX erasures_due ON erasures (due_at);

CREATE TABLE erasure_receipts (
  job_id uuid NOT NULL,
  tenant_id uuid NOT NULL,
  reason text NOT NULL,
  key_id uuid,
  files integer NOT NULL,
  bytes bigint NOT NULL,
  pages integer NOT NULL,
  texts integer NOT NULL,
  extractions integer NOT NULL,
  pictured integer NOT NULL,
  erased_at timestamptz(3) NOT NULL,
  -- When the last of it was gone.
  gone_at timestamptz(3) NOT NULL,
  PRIMARY KEY (job_id, gone_at)
) PARTITION BY RANGE (gone_at);
CREATE TABLE erasure_receipts_default PARTITION OF erasure_receipts DEFAULT;

ALTER TABLE keeps ENABLE ROW LEVEL SECURITY;
ALTER TABLE turns ENABLE ROW LEVEL SECURITY;
ALTER TABLE erasures ENABLE ROW LEVEL SECURITY;
ALTER TABLE erasure_receipts ENABLE ROW LEVEL SECURITY;
ALTER TABLE erasure_receipts_default ENABLE ROW LEVEL SECURITY;
CREATE POLICY no_tenant ON keeps TO docusnap_api USING (false);
CREATE POLICY no_tenant ON turns TO docusnap_api USING (false);
CREATE POLICY own_tenant ON erasures TO docusnap_api USING (tenant_id = current_tenant());
CREATE POLICY own_tenant ON erasure_receipts TO docusnap_api USING (tenant_id = current_tenant());
CREATE POLICY all_tenants ON keeps TO docusnap_worker USING (true);
CREATE POLICY all_tenants ON turns TO docusnap_worker USING (true);
CREATE POLICY all_tenants ON erasures TO docusnap_worker USING (true);
CREATE POLICY all_tenants ON erasure_receipts TO docusnap_worker USING (true);
GRANT SELECT ON keeps TO docusnap_worker;
GRANT UPDATE (keep_seconds) ON keeps TO docusnap_worker;
GRANT SELECT, INSERT ON turns TO docusnap_worker;
GRANT UPDATE (taken_at) ON turns TO docusnap_worker;
GRANT SELECT ON erasures, erasure_receipts TO docusnap_api, docusnap_worker;

-- Until when a job that ended then is kept. The triggers below run as the owner, whoever's statement fires them.
CREATE FUNCTION expiry_of(job jobs, ended_at timestamptz) RETURNS timestamptz
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
RETURN ended_at + make_interval(secs => coalesce(job.retention_seconds,
  (SELECT (t.limits ->> 'retention_seconds')::double precision FROM tenants t WHERE t.id = job.tenant_id),
  (SELECT k.keep_seconds FROM keeps k WHERE k.name = 'jobs')));

CREATE FUNCTION set_expiry() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  -- Null again when a retry or a new question makes it run again.
  NEW.expires_at := expiry_of(NEW, NEW.finished_at);
  RETURN NEW;
END $$;

CREATE TRIGGER jobs_expiry BEFORE UPDATE OF finished_at ON jobs FOR EACH ROW
  WHEN (OLD.finished_at IS DISTINCT FROM NEW.finished_at) EXECUTE FUNCTION set_expiry();
CREATE TRIGGER jobs_expiry_at_once BEFORE INSERT ON jobs FOR EACH ROW
  WHEN (NEW.finished_at IS NOT NULL) EXECUTE FUNCTION set_expiry();

-- The erasure of a job that is being deleted: by a request, its key in docusnap.erased_by, unless docusnap.erased_for names another reason.
-- Of a request its own process removes the blobs at once; another one sees to it later, in case that died.
CREATE FUNCTION note_erasure() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  given text := nullif(current_setting('docusnap.erased_for', true), '');
BEGIN
  INSERT INTO erasures (job_id, tenant_id, reason, key_id, files, bytes, pages, texts, extractions, pictured, written_late, due_at)
  SELECT OLD.id, OLD.tenant_id, coalesce(given, 'request'), nullif(current_setting('docusnap.erased_by', true), '')::uuid,
    OLD.files_total, (SELECT coalesce(sum(f.bytes), 0) FROM files f WHERE f.job_id = OLD.id),
    OLD.pages_made, OLD.pages_done, (SELECT count(*) FROM understandings u WHERE u.job_id = OLD.id AND u.sealed IS NOT NULL),
    (SELECT count(*) FROM pages p WHERE p.job_id = OLD.id AND p.renditions = 'made'),
    -- Images are made within some minutes of the page.
    OLD.finished_at IS NULL OR (OLD.finished_at > now() - interval '10 minutes' AND OLD.options -> 'renditions' IS DISTINCT FROM 'false'),
    now() + CASE WHEN given IS NULL THEN interval '30 seconds' ELSE interval '0' END
  -- A job of the same id was erased before and made again, by a submit whose fate was not known.
  ON CONFLICT (job_id) DO UPDATE SET due_at = excluded.due_at, written_late = true;
  RETURN OLD;
END $$;

CREATE TRIGGER jobs_erasure BEFORE DELETE ON jobs FOR EACH ROW EXECUTE FUNCTION note_erasure();

-- As erase_job(tenant, job_id), and says which key asked.
CREATE FUNCTION erase_job(tenant uuid, job_id uuid, by_key uuid) RETURNS boolean
LANGUAGE plpgsql AS $$
BEGIN
  PERFORM set_config('docusnap.erased_by', coalesce(by_key::text, ''), true);
  RETURN erase_job(tenant, job_id);
END $$;

-- Erases jobs whose time is up, those first that are longest past it: so many, and no more than have so many pages together, if more than one.
-- Others may be at it at the same time. Nobody is told: held polls of ended jobs look for themselves every two seconds.
CREATE FUNCTION expire_jobs(most_jobs integer, most_pages integer) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET enable_seqscan = off AS $$
DECLARE
  erased integer;
BEGIN
  PERFORM set_config('docusnap.erased_for', 'expiry', true);
  WITH due AS (
    SELECT j.id, j.expires_at, j.pages_made FROM jobs j WHERE j.expires_at <= now()
    ORDER BY j.expires_at LIMIT most_jobs FOR UPDATE SKIP LOCKED
  ), few AS (
    SELECT d.id, sum(d.pages_made) OVER (ORDER BY d.expires_at, d.id) - d.pages_made AS pages_before FROM due d
  )
  DELETE FROM jobs j WHERE j.id IN (SELECT f.id FROM few f WHERE f.pages_before < most_pages);
  GET DIAGNOSTICS erased = ROW_COUNT;
  PERFORM set_config('docusnap.erased_for', '', true);
  RETURN erased;
END $$;

-- Jobs that ended before there were expiries: they are kept from now on for as long as if they had ended now. Gives how many it saw to.
CREATE FUNCTION fill_expiries(most integer) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET enable_seqscan = off AS $$
DECLARE
  filled integer;
BEGIN
  UPDATE jobs j SET expires_at = expiry_of(j, now()) WHERE j.id IN (
    SELECT u.id FROM jobs u WHERE u.finished_at IS NOT NULL AND u.expires_at IS NULL LIMIT most FOR NO KEY UPDATE SKIP LOCKED);
  GET DIAGNOSTICS filled = ROW_COUNT;
  RETURN filled;
END $$;

-- Erasures to see to, taken for a while, after which somebody else may.
CREATE FUNCTION take_erasures(most integer, lease_seconds integer) RETURNS SETOF uuid
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp SET enable_seqscan = off
BEGIN ATOMIC
  UPDATE erasures e SET due_at = now() + make_interval(secs => lease_seconds)
  WHERE e.job_id IN (SELECT d.job_id FROM erasures d WHERE d.due_at <= now() ORDER BY d.due_at LIMIT most FOR UPDATE SKIP LOCKED)
  RETURNING e.job_id;
END;

-- The blobs of these jobs were just removed. Where something may still be written all is removed once more when that is past; of the others there are
-- receipts now. Gives how many.
CREATE FUNCTION finish_erasures(job_ids uuid[], late_seconds integer) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  past timestamptz := now() - make_interval(secs => late_seconds);
  finished integer;
BEGIN
  UPDATE erasures e SET due_at = e.erased_at + make_interval(secs => late_seconds)
  WHERE e.job_id = ANY (job_ids) AND e.written_late AND e.erased_at > past;
  WITH gone AS (
    DELETE FROM erasures e WHERE e.job_id = ANY (job_ids) AND NOT (e.written_late AND e.erased_at > past) RETURNING e.*
  )
  INSERT INTO erasure_receipts (job_id, tenant_id, reason, key_id, files, bytes, pages, texts, extractions, pictured, erased_at, gone_at)
  SELECT g.job_id, g.tenant_id, g.reason, g.key_id, g.files, g.bytes, g.pages, g.texts, g.extractions, g.pictured, g.erased_at, now() FROM gone g;
  GET DIAGNOSTICS finished = ROW_COUNT;
  RETURN finished;
END $$;

-- The same for one job of a tenant, by the process that was asked to erase it.
CREATE FUNCTION finish_erasure(tenant uuid, erased_job uuid, late_seconds integer) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM finish_erasures(array_agg(e.job_id), late_seconds) FROM erasures e WHERE e.job_id = erased_job AND e.tenant_id = tenant;
END $$;

-- What is known of a job that was erased; gone_at null while something of it may be left. No row: this tenant has had no such job erased.
CREATE FUNCTION read_erasure(tenant uuid, erased_job uuid)
RETURNS TABLE (job_id uuid, reason text, key_id uuid, files integer, bytes bigint, pages integer, texts integer, extractions integer, pictured integer,
  erased_at timestamptz, gone_at timestamptz)
LANGUAGE plpgsql AS $$
BEGIN
  PERFORM set_config('docusnap.tenant', tenant::text, true);
  RETURN QUERY
    SELECT e.job_id, e.reason, e.key_id, e.files, e.bytes, e.pages, e.texts, e.extractions, e.pictured, e.erased_at::timestamptz, NULL::timestamptz
    FROM erasures e WHERE e.job_id = erased_job;
  IF NOT FOUND THEN
    RETURN QUERY
      SELECT r.job_id, r.reason, r.key_id, r.files, r.bytes, r.pages, r.texts, r.extractions, r.pictured, r.erased_at::timestamptz, r.gone_at::timestamptz
      FROM erasure_receipts r WHERE r.job_id = erased_job ORDER BY r.gone_at DESC LIMIT 1;
  END IF;
END $$;

-- True for one caller in so many seconds.
CREATE FUNCTION take_turn(turn text, every_seconds double precision) RETURNS boolean
LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO turns AS t (name, taken_at) VALUES (turn, now())
  ON CONFLICT (name) DO UPDATE SET taken_at = now() WHERE t.taken_at <= now() - make_interval(secs => every_seconds);
  RETURN FOUND;
END $$;

GRANT EXECUTE ON FUNCTION erase_job(uuid, uuid, uuid), finish_erasure(uuid, uuid, integer), read_erasure(uuid, uuid) TO docusnap_api;
GRANT EXECUTE ON FUNCTION expire_jobs(integer, integer), fill_expiries(integer), take_erasures(integer, integer), finish_erasures(uuid[], integer),
  take_turn(text, double precision) TO docusnap_worker;
