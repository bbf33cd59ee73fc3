-- The console in a browser: links that sign in once, and what a browser's cookie names. Of both tokens only the SHA-256 is stored. A session has no rights
-- of its own: it stands for the key that it came from, so scopes, limits, expiry and revocation are that key's, looked up with every request.

CREATE TABLE console_links (
  token_hash bytea PRIMARY KEY,
  tenant_id uuid NOT NULL REFERENCES tenants ON DELETE CASCADE,
  key_id uuid NOT NULL REFERENCES api_keys ON DELETE CASCADE,
  expires_at timestamptz(3) NOT NULL
);
CREATE INDEX console_links_expires ON console_links (expires_at);

CREATE TABLE console_sessions (
  token_hash bytea PRIMARY KEY,
  tenant_id uuid NOT NULL REFERENCES tenants ON DELETE CASCADE,
  key_id uuid NOT NULL REFERENCES api_keys ON DELETE CASCADE,
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  seen_at timestamptz(3) NOT NULL DEFAULT now(),
  -- Later with every use, never later than expires_at.
  idle_until timestamptz(3) NOT NULL,
  expires_at timestamptz(3) NOT NULL
);
CREATE INDEX console_sessions_idle ON console_sessions (idle_until);
-- What goes with a key that goes is found by it.
CREATE INDEX console_links_key ON console_links (key_id);
CREATE INDEX console_sessions_key ON console_sessions (key_id);

ALTER TABLE console_links ENABLE ROW LEVEL SECURITY;
ALTER TABLE console_sessions ENABLE ROW LEVEL SECURITY;
-- Foreign keys look past row security, so the key is checked to be one of the tenant's own.
CREATE POLICY own_tenant ON console_links TO docusnap_api USING (tenant_id = current_tenant())
  WITH CHECK (tenant_id = current_tenant() AND EXISTS (SELECT 1 FROM api_keys k WHERE k.id = key_id));
CREATE POLICY own_tenant ON console_sessions TO docusnap_api USING (tenant_id = current_tenant())
  WITH CHECK (tenant_id = current_tenant() AND EXISTS (SELECT 1 FROM api_keys k WHERE k.id = key_id));
CREATE POLICY all_tenants ON console_links TO docusnap_worker USING (true);
CREATE POLICY all_tenants ON console_sessions TO docusnap_worker USING (true);
-- Made only: who they are is found by functions below, by the token that came.
GRANT INSERT (token_hash, tenant_id, key_id, expires_at) ON console_links TO docusnap_api;
GRANT INSERT (token_hash, tenant_id, key_id, idle_until, expires_at) ON console_sessions TO docusnap_api;
GRANT SELECT, DELETE ON console_links, console_sessions TO docusnap_worker;

CREATE FUNCTION make_console_link(tenant uuid, link_key uuid, link_hash bytea, seconds integer) RETURNS timestamptz
LANGUAGE plpgsql AS $$
DECLARE
  until timestamptz := now() + make_interval(secs => seconds);
BEGIN
  PERFORM set_config('docusnap.tenant', tenant::text, true);
  INSERT INTO console_links (token_hash, tenant_id, key_id, expires_at) VALUES (link_hash, tenant, link_key, until);
  RETURN until;
END $$;

CREATE FUNCTION open_console_session(tenant uuid, session_key uuid, session_hash bytea, idle_seconds integer, most_seconds integer) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  PERFORM set_config('docusnap.tenant', tenant::text, true);
  INSERT INTO console_sessions (token_hash, tenant_id, key_id, idle_until, expires_at)
  VALUES (session_hash, tenant, session_key, now() + make_interval(secs => least(idle_seconds, most_seconds)), now() + make_interval(secs => most_seconds));
END $$;

-- Before a tenant is known, as key_caller: whose link this is; the link is gone by that. No row: it is unknown, was used, or its time is up.
CREATE FUNCTION spend_console_link(link_hash bytea) RETURNS TABLE (tenant_id uuid, key_id uuid)
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp
BEGIN ATOMIC
  DELETE FROM console_links l WHERE l.token_hash = link_hash AND l.expires_at > now() RETURNING l.tenant_id, l.key_id;
END;

-- Before a tenant is known: what key_caller says of the session's key, with its name. No row where the session has ended, or the key is refused.
CREATE FUNCTION session_caller(session_hash bytea, idle_seconds integer) RETURNS TABLE (key_id uuid, tenant_id uuid, scopes text[], cache boolean,
  suspended boolean, key_limits jsonb, tenant_limits jsonb, key_prefix text, key_name text, expires_at timestamptz)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  found_session console_sessions;
BEGIN
  SELECT * INTO found_session FROM console_sessions s WHERE s.token_hash = session_hash AND s.idle_until > now();
  IF NOT FOUND THEN
    RETURN;
  END IF;
  IF found_session.seen_at < now() - interval '1 minute' THEN
    -- Whoever else has the row in hand is writing the same.
    UPDATE console_sessions s SET seen_at = now(), idle_until = least(s.expires_at, now() + make_interval(secs => idle_seconds))
    WHERE s.token_hash = (SELECT l.token_hash FROM console_sessions l WHERE l.token_hash = session_hash FOR NO KEY UPDATE SKIP LOCKED);
  END IF;
  RETURN QUERY SELECT c.key_id, c.tenant_id, c.scopes, c.cache, c.suspended, c.key_limits, c.tenant_limits, k.prefix, k.name, found_session.expires_at
    FROM api_keys k CROSS JOIN LATERAL key_caller(k.hash) c WHERE k.id = found_session.key_id AND k.tenant_id = found_session.tenant_id;
END $$;

-- Whoever has the token may end its session.
CREATE FUNCTION close_console_session(session_hash bytea) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp
BEGIN ATOMIC
  DELETE FROM console_sessions s WHERE s.token_hash = session_hash;
END;

-- What nobody can sign in with any more; how much there was.
CREATE FUNCTION drop_ended_sessions() RETURNS integer
LANGUAGE sql
BEGIN ATOMIC
  WITH links AS (
    DELETE FROM console_links l WHERE l.expires_at <= now() RETURNING 1
  ), sessions AS (
    DELETE FROM console_sessions s WHERE s.idle_until <= now() OR s.key_id IN (SELECT k.id FROM api_keys k WHERE k.revoked_at IS NOT NULL) RETURNING 1
  )
  SELECT ((SELECT count(*) FROM links) + (SELECT count(*) FROM sessions))::integer;
END;

GRANT EXECUTE ON FUNCTION make_console_link(uuid, uuid, bytea, integer), open_console_session(uuid, uuid, bytea, integer, integer),
  spend_console_link(bytea), session_caller(bytea, integer), close_console_session(bytea) TO docusnap_api;
GRANT EXECUTE ON FUNCTION drop_ended_sessions() TO docusnap_worker;
