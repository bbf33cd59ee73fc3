-- Images of pages for viewers, and the page cache.

-- cache_key: what the page is found by when an equal one is to be read (an HMAC under a key of the tenant's own, see
-- packages/blobs/src/cache-keys.ts); null where it is not to be found. There is no second copy of its text: who finds it opens the
-- page's own, so it goes with its job. renditions: 'made' once the images lie in the blob store, 'failed' where there will be none.
ALTER TABLE pages ADD COLUMN cache_key bytea, ADD COLUMN renditions text CHECK (renditions IN ('made', 'failed'));
CREATE INDEX pages_cache ON pages (tenant_id, cache_key) WHERE cache_key IS NOT NULL;
GRANT UPDATE (cache_key, renditions) ON pages TO docusnap_worker;

-- False: jobs submitted with the key do without the page cache.
ALTER TABLE api_keys ADD COLUMN cache boolean NOT NULL DEFAULT true;

-- A page was read. Says whether it was the last one of a job that is now to be understood (0009): the caller rings. The last argument has a default for
-- workers of the version before.
DROP FUNCTION save_page(bigint, bigint, uuid, bytea, jsonb);
CREATE FUNCTION save_page(unit_id bigint, unit_token bigint, unit_job uuid, page_sealed bytea, page_stages jsonb,
  page_cache_key bytea DEFAULT NULL) RETURNS boolean
LANGUAGE plpgsql AS $$
DECLARE
  taken units := take_held_unit(unit_id, unit_token, unit_job);
BEGIN
  INSERT INTO page_texts (job_id, file_index, frame, tenant_id, sealed)
  VALUES (unit_job, taken.file_index, taken.frame, taken.tenant_id, page_sealed);
  UPDATE jobs j SET pages_done = j.pages_done + 1 WHERE j.id = unit_job;
  UPDATE pages p SET status = 'done', attempts = taken.attempt, stages = page_stages, cache_key = page_cache_key,
    version = (SELECT j.version + 1 FROM jobs j WHERE j.id = unit_job)
  WHERE p.job_id = unit_job AND p.file_index = taken.file_index AND p.frame = taken.frame;
  PERFORM advance_job(unit_job, NULL, NULL);
  RETURN (SELECT j.status = 'understanding' FROM jobs j WHERE j.id = unit_job);
END $$;

-- A page of this tenant that was read before and has this key, with what opens its text; any one of several. No row: none.
CREATE FUNCTION find_cached_page(tenant uuid, wanted bytea)
RETURNS TABLE (job_id uuid, file_index integer, frame integer, sealed bytea, master_key_id text, wrapped_key bytea)
LANGUAGE sql STABLE
BEGIN ATOMIC
  SELECT p.job_id, p.file_index, p.frame, t.sealed, j.master_key_id, j.wrapped_key
  FROM pages p
  JOIN page_texts t ON t.job_id = p.job_id AND t.file_index = p.file_index AND t.frame = p.frame
  JOIN jobs j ON j.id = p.job_id AND j.tenant_id = p.tenant_id
  WHERE p.tenant_id = tenant AND p.cache_key = wanted
  LIMIT 1;
END;

-- How the making of a page's images ended. False: the page is gone, and so must be its images. What a crash of this server forgets
-- of it is only that they are there, so the commit does not wait for the disk.
CREATE FUNCTION mark_renditions(page_job uuid, page_file integer, page_frame integer, outcome text) RETURNS boolean
-- Planned for any job, most of which have few pages, all pages of a large one would be gone through.
LANGUAGE plpgsql SET plan_cache_mode = force_custom_plan AS $$
BEGIN
  PERFORM set_config('synchronous_commit', 'off', true);
  -- A second worker that failed at them does not undo what the first one made.
  UPDATE pages p SET renditions = CASE WHEN p.renditions = 'made' THEN 'made' ELSE outcome END
  WHERE p.job_id = page_job AND p.file_index = page_file AND p.frame = page_frame;
  RETURN FOUND;
END $$;

-- What is needed to show a page's image. No row: no such job. A row without frame: no such page.
CREATE FUNCTION read_page_image(tenant uuid, image_job uuid, page_number integer)
RETURNS TABLE (pages_total integer, ended_ms double precision, master_key_id text, wrapped_key bytea, file_index integer,
  frame integer, status text, error_code text, error_message text, renditions text)
LANGUAGE plpgsql AS $$
DECLARE
  job jobs;
  page pages;
BEGIN
  PERFORM set_config('docusnap.tenant', tenant::text, true);
  SELECT * INTO job FROM jobs j WHERE j.id = image_job;
  IF NOT FOUND THEN
    RETURN;
  END IF;
  SELECT * INTO page FROM pages p WHERE p.job_id = image_job AND p.number = page_number;
  RETURN QUERY
    SELECT job.pages_total, (extract(epoch FROM clock_timestamp() - job.finished_at) * 1000)::double precision,
      job.master_key_id, job.wrapped_key, page.file_index, page.frame, page.status, page.error_code, page.error_message,
      page.renditions;
END $$;

-- As before, and whether the key's jobs use the page cache.
DROP FUNCTION key_caller(bytea);
CREATE FUNCTION key_caller(key_hash bytea) RETURNS TABLE (key_id uuid, tenant_id uuid, scopes text[], cache boolean)
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
  RETURN QUERY SELECT found_key.id, found_key.tenant_id, found_key.scopes, found_key.cache;
END $$;

GRANT EXECUTE ON FUNCTION save_page(bigint, bigint, uuid, bytea, jsonb, bytea), find_cached_page(uuid, bytea),
  mark_renditions(uuid, integer, integer, text) TO docusnap_worker;
GRANT EXECUTE ON FUNCTION read_page_image(uuid, uuid, integer), key_caller(bytea) TO docusnap_api;
