-- What the API does with a job, one round trip each: a function is one transaction, and begins by naming the tenant for itself
-- only, so that it works the same behind a pooler that hands out connections by transaction.

-- A job with its files, as contracts' Job has it, in snake_case.
CREATE FUNCTION job_document(job jobs) RETURNS jsonb
LANGUAGE sql STABLE
RETURN (to_jsonb(job) - ARRAY['wrapped_key', 'master_key_id']) || jsonb_build_object('files', (
  SELECT jsonb_agg(to_jsonb(f) ORDER BY f.file_index) FROM files f WHERE f.job_id = job.id
));

-- new_job: {id, tenant_id, name, options, metadata, master_key_id, files: [{name, media_type, bytes, sha256}]}.
-- One unit to open for each file; nobody sees any of it before all of it is there.
CREATE FUNCTION create_job(new_job jsonb, wrapped_key bytea) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
  created jobs;
BEGIN
  PERFORM set_config('docusnap.tenant', new_job ->> 'tenant_id', true);
  INSERT INTO jobs (id, tenant_id, name, options, metadata, files_total, master_key_id, wrapped_key)
  VALUES ((new_job ->> 'id')::uuid, current_tenant(), new_job ->> 'name', new_job -> 'options',
    nullif(new_job -> 'metadata', 'null'), jsonb_array_length(new_job -> 'files'), new_job ->> 'master_key_id',
    create_job.wrapped_key)
  RETURNING * INTO created;
  INSERT INTO files (job_id, file_index, tenant_id, name, media_type, bytes, sha256)
  SELECT created.id, f.position - 1, created.tenant_id, f.body ->> 'name', f.body ->> 'media_type',
    (f.body ->> 'bytes')::bigint, f.body ->> 'sha256'
  FROM jsonb_array_elements(new_job -> 'files') WITH ORDINALITY f (body, position);
  INSERT INTO units (kind, job_id, tenant_id, file_index, priority, queued_at)
  SELECT 'open', created.id, created.tenant_id, file_index, (created.options ->> 'priority')::smallint, created.created_at
  FROM generate_series(0, created.files_total - 1) file_index;
  RETURN job_document(created);
END $$;

-- Null when this tenant has no such job.
CREATE FUNCTION poll_job(tenant uuid, job_id uuid) RETURNS jsonb
LANGUAGE plpgsql AS $$
BEGIN
  PERFORM set_config('docusnap.tenant', tenant::text, true);
  RETURN (SELECT job_document(j) FROM jobs j WHERE j.id = poll_job.job_id);
END $$;

-- No row: no such job. A row with pages_total but without frame: no such page.
-- One table after the other: joined, the planner reads all pages of the job to find one.
CREATE FUNCTION read_page(tenant uuid, job_id uuid, page_number integer)
RETURNS TABLE (pages_total integer, master_key_id text, wrapped_key bytea, number integer, file_index integer, frame integer,
  status text, attempts integer, error_code text, error_message text, stages jsonb, version integer, sealed bytea)
LANGUAGE plpgsql AS $$
DECLARE
  job jobs;
  page pages;
BEGIN
  PERFORM set_config('docusnap.tenant', tenant::text, true);
  SELECT * INTO job FROM jobs j WHERE j.id = read_page.job_id;
  IF NOT FOUND THEN
    RETURN;
  END IF;
  SELECT * INTO page FROM pages p WHERE p.job_id = read_page.job_id AND p.number = page_number;
  RETURN QUERY
    SELECT job.pages_total, job.master_key_id, job.wrapped_key, page.number, page.file_index, page.frame, page.status,
      page.attempts, page.error_code, page.error_message, page.stages, page.version,
      (SELECT t.sealed FROM page_texts t
       WHERE t.job_id = page.job_id AND t.file_index = page.file_index AND t.frame = page.frame);
END $$;

-- Everything of the job but its blobs. Says whether there was one.
CREATE FUNCTION erase_job(tenant uuid, job_id uuid) RETURNS boolean
LANGUAGE plpgsql AS $$
BEGIN
  PERFORM set_config('docusnap.tenant', tenant::text, true);
  DELETE FROM jobs j WHERE j.id = erase_job.job_id;
  IF NOT FOUND THEN
    RETURN false;
  END IF;
  PERFORM pg_notify('docusnap_jobs', erase_job.job_id::text);
  RETURN true;
END $$;

-- Ids of one page of the list, newest first. Row security lets no operator run before its own check that might tell of rows
-- that the caller may not see, and ILIKE counts as one: under it the trigram index could not be used. So this runs as the
-- owner and checks the tenant itself; it gives ids only, and only those of the tenant that the transaction names.
CREATE FUNCTION list_job_ids(wanted_status text, wanted_name text, created_from timestamptz, created_to timestamptz,
  after_created_at timestamptz, after_id uuid, wanted integer) RETURNS SETOF uuid
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  -- Put together so that only the filters in use are planned for, each time with their values.
  RETURN QUERY EXECUTE
    'SELECT id FROM jobs WHERE tenant_id = $1'
    || CASE WHEN wanted_status IS NOT NULL THEN ' AND status = $2' ELSE '' END
    || CASE WHEN wanted_name IS NOT NULL THEN ' AND name ILIKE $3' ELSE '' END
    || CASE WHEN created_from IS NOT NULL THEN ' AND created_at >= $4' ELSE '' END
    || CASE WHEN created_to IS NOT NULL THEN ' AND created_at < $5' ELSE '' END
    || CASE WHEN after_id IS NOT NULL THEN ' AND (created_at, id) < ($6, $7)' ELSE '' END
    || ' ORDER BY created_at DESC, id DESC LIMIT $8'
  USING current_tenant(), wanted_status, '%' || regexp_replace(wanted_name, '([\\%_])', '\\\1', 'g') || '%', created_from,
    created_to, after_created_at, after_id, wanted;
END $$;

-- For held polls, across tenants: whether something changed, and nothing else. Jobs that are gone are not in the answer.
CREATE FUNCTION job_versions(job_ids uuid[]) RETURNS TABLE (id uuid, version integer, ended boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
BEGIN ATOMIC
  SELECT j.id, j.version, j.finished_at IS NOT NULL FROM jobs j WHERE j.id = ANY (job_ids);
END;

-- Who sent the key with this SHA-256, across tenants, before a tenant is known. No row: no such key, or no longer.
-- The time of last use is good to a minute, so that a busy key does not write a row with every request.
CREATE FUNCTION key_caller(key_hash bytea) RETURNS TABLE (key_id uuid, tenant_id uuid, scopes text[])
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  found_key api_keys;
BEGIN
  SELECT * INTO found_key FROM api_keys k
  WHERE k.hash = key_hash AND k.revoked_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > now());
  IF NOT FOUND THEN
    RETURN;
  END IF;
  IF found_key.last_used_at IS NULL OR found_key.last_used_at < now() - interval '1 minute' THEN
    -- Whoever else has the row in hand is writing the same.
    UPDATE api_keys k SET last_used_at = now()
    WHERE k.id = (SELECT l.id FROM api_keys l WHERE l.id = found_key.id FOR NO KEY UPDATE SKIP LOCKED);
  END IF;
  RETURN QUERY SELECT found_key.id, found_key.tenant_id, found_key.scopes;
END $$;

GRANT EXECUTE ON FUNCTION job_document(jobs), create_job(jsonb, bytea), poll_job(uuid, uuid), read_page(uuid, uuid, integer),
  erase_job(uuid, uuid), list_job_ids(text, text, timestamptz, timestamptz, timestamptz, uuid, integer), job_versions(uuid[]),
  key_caller(bytea) TO docusnap_api;
