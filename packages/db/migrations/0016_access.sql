-- Who may do what, and how much: operators beside tenants, requests a minute, pages a day.
--
-- SQLSTATE DS160 = page_budget_spent (DETAIL: seconds until there is a new one), DS161 = tenant_gone.

ALTER TABLE tenants
  -- Its keys are refused until an operator lifts that; jobs that were taken go on.
  ADD COLUMN suspended_at timestamptz(3),
  -- Being erased: as if it were gone already. Not to be undone.
  ADD COLUMN erasing_at timestamptz(3);
CREATE INDEX tenants_list ON tenants (created_at DESC, id DESC);
CREATE INDEX tenants_erasing ON tenants (erasing_at) WHERE erasing_at IS NOT NULL;

-- Operators are served as docusnap_worker: what docusnap_api may see ends at one tenant, whoever asks.
GRANT UPDATE (name, limits, suspended_at, erasing_at) ON tenants TO docusnap_worker;
-- A key that npm start made before there were operators becomes one (ensureBootstrapTenant).
GRANT UPDATE (scopes) ON api_keys TO docusnap_worker;
GRANT UPDATE (name, limits, expires_at) ON api_keys TO docusnap_api;

-- Who sent the key with this SHA-256, across tenants, before a tenant is known. No row: no such key, or no longer; one answer for all of
-- these. The lookup compares hashes, not keys: what its time may tell are bits of a SHA-256, from which no key follows.
DROP FUNCTION key_caller(bytea);
CREATE FUNCTION key_caller(key_hash bytea) RETURNS TABLE (key_id uuid, tenant_id uuid, scopes text[], cache boolean, suspended boolean,
  key_limits jsonb, tenant_limits jsonb)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  found_key api_keys;
  owning tenants;
BEGIN
  SELECT * INTO found_key FROM api_keys k
  WHERE k.hash = key_hash AND k.revoked_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > now());
  IF NOT FOUND THEN
    RETURN;
  END IF;
  SELECT * INTO owning FROM tenants t WHERE t.id = found_key.tenant_id AND t.erasing_at IS NULL;
  IF NOT FOUND THEN
    RETURN;
  END IF;
  IF found_key.last_used_at IS NULL OR found_key.last_used_at < now() - interval '1 minute' THEN
    -- Whoever else has the row in hand is writing the same.
    UPDATE api_keys k SET last_used_at = now()
    WHERE k.id = (SELECT l.id FROM api_keys l WHERE l.id = found_key.id FOR NO KEY UPDATE SKIP LOCKED);
  END IF;
  RETURN QUERY SELECT found_key.id, found_key.tenant_id, found_key.scopes, found_key.cache, owning.suspended_at IS NOT NULL,
    found_key.limits, owning.limits;
END $$;

-- The tenant that an identity provider vouches for, for callers without a key. No row: there is no such tenant, or no longer.
CREATE FUNCTION tenant_caller(tenant uuid) RETURNS TABLE (suspended boolean, tenant_limits jsonb)
LANGUAGE plpgsql STABLE AS $$
BEGIN
  PERFORM set_config('docusnap.tenant', tenant::text, true);
  RETURN QUERY SELECT t.suspended_at IS NOT NULL, t.limits FROM tenants t WHERE t.id = tenant AND t.erasing_at IS NULL;
END $$;
GRANT SELECT ON tenants TO docusnap_api;

-- Requests of the last minute by whom they are counted for, a key or a tenant, in slots of five seconds, newest first. What a crash of the
-- server forgets is a minute's count, so it is not logged.
CREATE UNLOGGED TABLE request_counts (
  subject uuid PRIMARY KEY,
  tenant_id uuid NOT NULL REFERENCES tenants ON DELETE CASCADE,
  slot bigint NOT NULL,
  counts integer[] NOT NULL
) WITH (fillfactor = 50);
ALTER TABLE request_counts ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON request_counts TO docusnap_api USING (tenant_id = current_tenant());
CREATE POLICY all_tenants ON request_counts TO docusnap_worker USING (true);
GRANT SELECT, INSERT, UPDATE ON request_counts TO docusnap_api;

-- Up to `wanted` requests out of the `most` of a minute, to be made before the slot ends. Any 60 seconds lie within 13 slots, and no 13 slots
-- hold more than `most`. None granted: retry_seconds until the oldest slot with a request in it is out.
CREATE FUNCTION take_requests(tenant uuid, counted_for uuid, wanted integer, most integer)
RETURNS TABLE (granted integer, slot_seconds double precision, retry_seconds integer)
LANGUAGE plpgsql AS $$
DECLARE
  slots CONSTANT integer := 13;
  seconds CONSTANT integer := 5;
  at_second double precision;
  this_slot bigint;
  known request_counts;
  used integer;
  oldest integer;
BEGIN
  PERFORM set_config('docusnap.tenant', tenant::text, true);
  INSERT INTO request_counts (subject, tenant_id, slot, counts)
  VALUES (counted_for, tenant, 0, array_fill(0, ARRAY[slots])) ON CONFLICT DO NOTHING;
  SELECT * INTO STRICT known FROM request_counts c WHERE c.subject = counted_for FOR UPDATE;
  at_second := extract(epoch FROM clock_timestamp());
  this_slot := greatest(known.slot, floor(at_second / seconds)::bigint);
  known.counts := (array_fill(0, ARRAY[least(slots, this_slot - known.slot)::integer]) || known.counts)[1:slots];
  SELECT sum(n), max(place) FILTER (WHERE n > 0) INTO used, oldest FROM unnest(known.counts) WITH ORDINALITY u (n, place);
  granted := greatest(0, least(wanted, most - used));
  known.counts[1] := known.counts[1] + granted;
  UPDATE request_counts c SET slot = this_slot, counts = known.counts WHERE c.subject = counted_for;
  slot_seconds := (this_slot + 1) * seconds - at_second;
  IF granted = 0 THEN
    retry_seconds := greatest(1, ceil((this_slot + slots + 1 - oldest) * seconds - at_second));
  END IF;
  RETURN NEXT;
END $$;

-- Pages of a day by UTC, for tenants and keys that have a budget; counted when a file is opened, which is when it is known how many it has,
-- so that the pages of one job cannot run past it.
CREATE TABLE page_budgets (
  subject uuid NOT NULL,
  day date NOT NULL,
  tenant_id uuid NOT NULL REFERENCES tenants ON DELETE CASCADE,
  pages bigint NOT NULL,
  PRIMARY KEY (subject, day)
);
ALTER TABLE page_budgets ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON page_budgets TO docusnap_api USING (tenant_id = current_tenant());
CREATE POLICY all_tenants ON page_budgets TO docusnap_worker USING (true);
GRANT SELECT ON page_budgets TO docusnap_api;
GRANT SELECT, DELETE ON page_budgets TO docusnap_worker;

-- Today, by UTC.
CREATE FUNCTION budget_day() RETURNS date
LANGUAGE sql STABLE
RETURN (now() AT TIME ZONE 'UTC')::date;

-- Whose budgets the pages of a job come out of, always in the same order: two jobs never wait for each other.
CREATE FUNCTION budgets_of(job_tenant uuid, job_key uuid) RETURNS TABLE (subject uuid, most bigint)
LANGUAGE sql STABLE
BEGIN ATOMIC
  SELECT * FROM (
    SELECT t.id AS subject, (t.limits ->> 'pages_per_day')::bigint AS most FROM tenants t
    WHERE t.id = job_tenant AND t.limits ? 'pages_per_day'
    UNION ALL
    SELECT k.id, (k.limits ->> 'pages_per_day')::bigint FROM api_keys k
    WHERE k.id = job_key AND k.tenant_id = job_tenant AND k.limits ? 'pages_per_day') b
  ORDER BY b.subject;
END;

CREATE FUNCTION refuse_spent_budget(budget_subject uuid) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the pages of today are spent for %', budget_subject USING ERRCODE = 'DS160',
    DETAIL = ceil(extract(epoch FROM ((budget_day() + 1)::timestamp AT TIME ZONE 'UTC') - now()))::text;
END $$;

-- A job that has just been made: of a tenant that is there, with a budget that holds a page for each of its files at least.
CREATE FUNCTION check_budget() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  is_limited boolean;
  spent uuid;
BEGIN
  SELECT t.limits ? 'pages_per_day'
    OR EXISTS (SELECT 1 FROM api_keys k WHERE k.id = NEW.key_id AND k.tenant_id = t.id AND k.limits ? 'pages_per_day')
  INTO is_limited FROM tenants t WHERE t.id = NEW.tenant_id AND t.erasing_at IS NULL;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'tenant % is being erased', NEW.tenant_id USING ERRCODE = 'DS161';
  END IF;
  IF NOT is_limited OR NEW.files_total = 0 THEN
    RETURN NULL;
  END IF;
  SELECT b.subject INTO spent FROM budgets_of(NEW.tenant_id, NEW.key_id) b
    LEFT JOIN page_budgets p ON p.subject = b.subject AND p.day = budget_day()
  WHERE coalesce(p.pages, 0) + NEW.files_total > b.most LIMIT 1;
  IF FOUND THEN
    PERFORM refuse_spent_budget(spent);
  END IF;
  RETURN NULL;
END $$;
-- After the row's own check: what an insert for another tenant would meet is row security, and no word of that tenant's budget.
CREATE TRIGGER jobs_check_budget AFTER INSERT ON jobs FOR EACH ROW EXECUTE FUNCTION check_budget();

-- Pages that a file brings, a selection leaves out again, or a retry has read once more. A file whose pages are too many for today fails with
-- that; a page that was paid for is read, whenever that is: also one that was left when its job was stopped.
CREATE FUNCTION charge_pages() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  charged integer := NEW.pages_made - OLD.pages_made
    -- The job's row changes before those of its pages.
    + CASE WHEN NEW.retried_at IS DISTINCT FROM OLD.retried_at THEN (
      SELECT count(*) FROM pages p WHERE p.job_id = NEW.id AND p.status = 'failed' AND p.error_code NOT IN ('job_cancelled', 'deadline_missed'))
      ELSE 0 END;
  budget record;
  total bigint;
BEGIN
  FOR budget IN SELECT * FROM budgets_of(NEW.tenant_id, NEW.key_id) LOOP
    INSERT INTO page_budgets AS p (subject, day, tenant_id, pages)
    VALUES (budget.subject, budget_day(), NEW.tenant_id, greatest(0, charged))
    ON CONFLICT (subject, day) DO UPDATE SET pages = greatest(0, p.pages + charged) RETURNING p.pages INTO total;
    IF charged > 0 AND total > budget.most THEN
      PERFORM refuse_spent_budget(budget.subject);
    END IF;
  END LOOP;
  RETURN NULL;
END $$;
CREATE TRIGGER jobs_charge_pages AFTER UPDATE OF pages_made, retried_at ON jobs FOR EACH ROW
  WHEN (NEW.pages_made <> OLD.pages_made OR NEW.retried_at IS DISTINCT FROM OLD.retried_at) EXECUTE FUNCTION charge_pages();

-- Erases some jobs of one of the tenants that are being erased, no more than so many, and no more than have so many pages together, if more
-- than one; what is left of them in the blob store goes as that of any erased job (0015). A tenant without jobs goes itself, and by that its
-- keys, counts, usage. Gives how many jobs and tenants went: call again until that is none. Others may be at it at the same time.
CREATE FUNCTION erase_tenants(most_jobs integer, most_pages integer) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  erased_tenant uuid;
  erased integer;
BEGIN
  -- Not FOR UPDATE: a reader that has a job of it in hand looks whether the tenant is there (a foreign key), and would wait for this.
  SELECT t.id INTO erased_tenant FROM tenants t WHERE t.erasing_at IS NOT NULL ORDER BY t.erasing_at, t.id LIMIT 1
  FOR NO KEY UPDATE SKIP LOCKED;
  IF NOT FOUND THEN
    RETURN 0;
  END IF;
  PERFORM set_config('docusnap.erased_for', 'tenant', true);
  WITH due AS (
    SELECT j.id, j.pages_made FROM jobs j WHERE j.tenant_id = erased_tenant ORDER BY j.created_at DESC, j.id DESC LIMIT most_jobs FOR UPDATE SKIP LOCKED
  ), few AS (
    SELECT d.id, sum(d.pages_made) OVER (ORDER BY d.id) - d.pages_made AS pages_before FROM due d
  )
  DELETE FROM jobs j WHERE j.id IN (SELECT f.id FROM few f WHERE f.pages_before < most_pages);
  GET DIAGNOSTICS erased = ROW_COUNT;
  -- A submit that was under way may come before the delete; its job then goes with the tenant, and leaves an erasure as well.
  IF erased = 0 AND NOT EXISTS (SELECT 1 FROM jobs j WHERE j.tenant_id = erased_tenant) THEN
    DELETE FROM tenants t WHERE t.id = erased_tenant;
    erased := 1;
  END IF;
  PERFORM set_config('docusnap.erased_for', '', true);
  RETURN erased;
END $$;

GRANT EXECUTE ON FUNCTION key_caller(bytea), tenant_caller(uuid), take_requests(uuid, uuid, integer, integer) TO docusnap_api;
GRANT EXECUTE ON FUNCTION erase_tenants(integer, integer) TO docusnap_worker;
