-- What a language model understood is not asked again: a job with the same request and the same pages, of the same tenant, takes what an earlier one got.

-- What it is found by (an HMAC under a key of the tenant's own, as of pages: 0008); null where it is not to be found. There is no second copy.
ALTER TABLE understandings ADD COLUMN cache_key bytea;
CREATE INDEX understandings_cache ON understandings (tenant_id, cache_key) WHERE cache_key IS NOT NULL;
GRANT UPDATE (cache_key) ON understandings TO docusnap_worker;

-- Asked anew, a job is not found by what it was asked before.
CREATE FUNCTION forget_cache_key() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  NEW.cache_key := NULL;
  RETURN NEW;
END $$;
CREATE TRIGGER forget_cache_key BEFORE UPDATE ON understandings FOR EACH ROW
WHEN (OLD.cache_key IS NOT NULL AND NEW.status <> 'done') EXECUTE FUNCTION forget_cache_key();

-- What was understood for another job of the tenant and has this key, with what opens it. No row: none, or the job does without a cache.
CREATE FUNCTION find_cached_understanding(asking_job uuid, wanted bytea)
RETURNS TABLE (job_id uuid, sealed bytea, master_key_id text, wrapped_key bytea)
LANGUAGE sql STABLE
BEGIN ATOMIC
  SELECT u.job_id, u.sealed, j.master_key_id, j.wrapped_key
  FROM jobs asking
  JOIN understandings u ON u.tenant_id = asking.tenant_id AND u.cache_key = wanted
  JOIN jobs j ON j.id = u.job_id AND j.tenant_id = u.tenant_id
  WHERE asking.id = asking_job AND asking.options ->> 'cache' IS DISTINCT FROM 'false' AND asking.options -> 'password' IS NULL
    AND u.status = 'done' AND u.sealed IS NOT NULL
  LIMIT 1;
END;

-- What has just been saved may be found by this key, unless something else has been asked and saved since. Losing it costs a question, so the commit
-- does not wait for the disk.
CREATE FUNCTION remember_understanding(understood_job uuid, new_key bytea, saved bytea) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  PERFORM set_config('synchronous_commit', 'off', true);
  UPDATE understandings u SET cache_key = new_key
  FROM jobs j
  WHERE u.job_id = understood_job AND u.status = 'done' AND u.sealed = saved AND j.id = u.job_id
    AND j.options ->> 'cache' IS DISTINCT FROM 'false' AND j.options -> 'password' IS NULL;
END $$;

GRANT EXECUTE ON FUNCTION find_cached_understanding(uuid, bytea), remember_understanding(uuid, bytea, bytea) TO docusnap_worker;
