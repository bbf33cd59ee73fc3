-- The terms a job is taken under: whose key, which batch, until when, for how long it is kept, whom it tells; and what a tenant or a key may use.

ALTER TABLE jobs
  -- The key it was submitted with; null for jobs that came without one. No reference: a key may go before its jobs.
  ADD COLUMN key_id uuid,
  ADD COLUMN batch_id uuid,
  -- Work that has not ended by then is given up.
  ADD COLUMN deadline timestamptz(3),
  -- How long it is kept after its end, in seconds; null = as long as its tenant's jobs are.
  ADD COLUMN retention_seconds integer CHECK (retention_seconds > 0),
  -- Erased after that.
  ADD COLUMN expires_at timestamptz(3),
  -- Whom it tells of its end; what is in it is 0014's.
  ADD COLUMN webhook jsonb;

-- A TenantLimits of packages/contracts; what is not in it is not limited.
ALTER TABLE tenants ADD COLUMN limits jsonb NOT NULL DEFAULT '{}';
ALTER TABLE api_keys ADD COLUMN limits jsonb NOT NULL DEFAULT '{}';

-- Refuses, by raising, a job that has just been made and for which there is no room.
CREATE FUNCTION admit_job(created jobs) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
END $$;

-- As before, with the terms.
CREATE OR REPLACE FUNCTION create_job(new_job jsonb, wrapped_key bytea, request bytea DEFAULT NULL) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
  created jobs;
  no_files boolean := jsonb_array_length(new_job -> 'files') = 0;
BEGIN
  PERFORM set_config('docusnap.tenant', new_job ->> 'tenant_id', true);
  INSERT INTO jobs (id, tenant_id, name, status, options, metadata, files_total, pages_total, master_key_id, wrapped_key, started_at,
    key_id, batch_id, deadline, retention_seconds, webhook)
  VALUES ((new_job ->> 'id')::uuid, current_tenant(), new_job ->> 'name', CASE WHEN no_files THEN 'understanding' ELSE 'queued' END,
    new_job -> 'options', nullif(new_job -> 'metadata', 'null'), jsonb_array_length(new_job -> 'files'), CASE WHEN no_files THEN 0 END,
    new_job ->> 'master_key_id', create_job.wrapped_key, CASE WHEN no_files THEN now() END,
    (new_job ->> 'key_id')::uuid, (new_job ->> 'batch_id')::uuid, (new_job ->> 'deadline')::timestamptz,
    (new_job ->> 'retention_seconds')::integer, nullif(new_job -> 'webhook', 'null'))
  RETURNING * INTO created;
  INSERT INTO files (job_id, file_index, tenant_id, name, media_type, bytes, sha256)
  SELECT created.id, f.position - 1, created.tenant_id, f.body ->> 'name', f.body ->> 'media_type',
    (f.body ->> 'bytes')::bigint, f.body ->> 'sha256'
  FROM jsonb_array_elements(new_job -> 'files') WITH ORDINALITY f (body, position);
  INSERT INTO units (kind, job_id, tenant_id, file_index, priority, queued_at)
  SELECT 'open', created.id, created.tenant_id, file_index, (created.options ->> 'priority')::smallint, created.created_at
  FROM generate_series(0, created.files_total - 1) file_index;
  IF request IS NOT NULL THEN
    INSERT INTO understandings (job_id, tenant_id, task, request, status, priority)
    VALUES (created.id, created.tenant_id, new_job ->> 'task', request, CASE WHEN no_files THEN 'queued' ELSE 'waiting' END,
      (created.options ->> 'priority')::smallint);
  END IF;
  PERFORM admit_job(created);
  RETURN job_document(created);
END $$;

GRANT EXECUTE ON FUNCTION admit_job(jobs) TO docusnap_api;
