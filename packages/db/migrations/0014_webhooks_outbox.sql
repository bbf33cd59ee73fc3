-- Events on their way (0014_webhooks_endpoints.sql): claimed, leased, fenced and swept as units are (0004_claim.sql), by any gateway.

-- Claims so many at most for the holder, each with a new token and a lease by this server's clock. First the tenant with the fewest in hand; of a lane no more
-- than it may have in hand, one while it fails; and of a job none before an earlier one of it to the same lane has ended.
CREATE FUNCTION claim_webhook_events(new_holder text, lease_seconds integer, most integer, most_of_tenant integer, most_of_lane integer)
RETURNS TABLE (id uuid, tenant_id uuid, token bigint, attempt integer, tries integer, type text, at timestamptz, expires_at timestamptz,
  webhook_id uuid, url text, secrets jsonb, job jsonb, job_id uuid, sealed_target text, master_key_id text, wrapped_key bytea)
LANGUAGE plpgsql SET enable_seqscan = off SET jit = off AS $$
DECLARE
  candidate uuid;
  taken uuid[] := '{}';
BEGIN
  FOR candidate IN
    WITH RECURSIVE lanes AS (
      (SELECT e.tenant_id, e.lane FROM webhook_events e WHERE e.status = 'pending' AND e.leased_until IS NULL ORDER BY e.tenant_id, e.lane LIMIT 1)
      UNION ALL
      SELECT next.tenant_id, next.lane FROM lanes l, LATERAL (
        SELECT e.tenant_id, e.lane FROM webhook_events e
        WHERE e.status = 'pending' AND e.leased_until IS NULL AND (e.tenant_id, e.lane) > (l.tenant_id, l.lane)
        ORDER BY e.tenant_id, e.lane LIMIT 1) next
    ), held AS (
      SELECT h.tenant_id, h.lane, count(*) AS in_hand FROM webhook_events h WHERE h.leased_until IS NOT NULL GROUP BY h.tenant_id, h.lane
    ), held_of_tenants AS (
      SELECT h.tenant_id, sum(h.in_hand) AS in_hand FROM held h GROUP BY h.tenant_id
    ), firsts AS (
      SELECT f.id, f.tenant_id, f.not_before, coalesce(ht.in_hand, 0)
          + row_number() OVER (PARTITION BY f.tenant_id ORDER BY coalesce(h.in_hand, 0) + f.place, f.not_before, f.seq) AS place_of_tenant
      FROM lanes l
        LEFT JOIN held h ON h.tenant_id = l.tenant_id AND h.lane = l.lane
        LEFT JOIN held_of_tenants ht ON ht.tenant_id = l.tenant_id
        LEFT JOIN webhooks w ON w.id = l.lane,
        LATERAL (
          SELECT n.id, n.tenant_id, n.not_before, n.seq, row_number() OVER (ORDER BY n.not_before, n.seq) AS place FROM (
            SELECT * FROM webhook_events e
            WHERE e.status = 'pending' AND e.leased_until IS NULL AND e.tenant_id = l.tenant_id AND e.lane = l.lane
              AND e.not_before <= now() + interval '1 ms'
            ORDER BY e.not_before, e.seq LIMIT 16) n
          WHERE NOT EXISTS (
            SELECT 1 FROM webhook_events b WHERE b.status = 'pending' AND b.job_id = n.job_id AND b.lane = n.lane AND b.seq < n.seq)
        ) f
      WHERE w.disabled_at IS NULL AND (w.not_before IS NULL OR w.not_before <= now())
        AND coalesce(h.in_hand, 0) + f.place <= CASE WHEN w.failing_since IS NULL THEN most_of_lane ELSE 1 END
    )
    SELECT f.id FROM firsts f WHERE f.place_of_tenant <= most_of_tenant ORDER BY f.place_of_tenant, f.not_before, f.id LIMIT 2 * most
  LOOP
    -- What another claim is just taking is passed over.
    UPDATE webhook_events e SET
      attempt = e.attempt + 1,
      tries = e.tries + 1,
      token = nextval('unit_tokens'),
      holder = new_holder,
      leased_until = clock_timestamp() + make_interval(secs => lease_seconds)
    WHERE e.id = (
      SELECT l.id FROM webhook_events l WHERE l.id = candidate AND l.status = 'pending' AND l.leased_until IS NULL FOR NO KEY UPDATE SKIP LOCKED);
    CONTINUE WHEN NOT FOUND;
    taken := taken || candidate;
    EXIT WHEN cardinality(taken) >= most;
  END LOOP;
  RETURN QUERY
    SELECT e.id, e.tenant_id, e.token, e.attempt, e.tries, e.type, e.at::timestamptz, e.expires_at::timestamptz, e.webhook_id, w.url,
      (SELECT jsonb_agg(jsonb_build_object('id', s.id, 'master_key_id', s.master_key_id, 'wrapped_key', encode(s.wrapped_key, 'base64'))
         ORDER BY s.created_at DESC, s.id DESC)
       FROM webhook_secrets s WHERE s.webhook_id = e.webhook_id AND (s.expires_at IS NULL OR s.expires_at > now())),
      e.job, e.job_id, j.webhook ->> 'sealed', j.master_key_id, j.wrapped_key
    FROM unnest(taken) WITH ORDINALITY t (id, place)
      JOIN webhook_events e ON e.id = t.id
      LEFT JOIN webhooks w ON w.id = e.webhook_id
      LEFT JOIN jobs j ON j.id = e.job_id
    ORDER BY t.place;
END $$;

-- An attempt has ended: delivered, to be tried again, or given up. `hold_until`: the receiver asked for patience, for all that it is sent. `disable`: with this
-- reason, for all. With `failing` it is disabled only if nothing was delivered to it for as long as this event was tried. Gives whether it is disabled by this.
CREATE FUNCTION finish_webhook_event(event_id uuid, held_token bigint, new_outcome text, answered integer, new_error text, took_ms integer,
  next_at timestamptz, hold_until timestamptz, disable text) RETURNS boolean
LANGUAGE plpgsql AS $$
DECLARE
  event webhook_events;
  endpoint webhooks;
BEGIN
  -- The endpoint before the event, as who deletes it does.
  SELECT w.* INTO endpoint FROM webhooks w
  WHERE w.id = (SELECT e.webhook_id FROM webhook_events e WHERE e.id = finish_webhook_event.event_id) FOR NO KEY UPDATE;
  UPDATE webhook_events e SET
    status = CASE new_outcome WHEN 'again' THEN 'pending' ELSE new_outcome END,
    not_before = coalesce(next_at, e.not_before), token = NULL, holder = NULL, leased_until = NULL
  WHERE e.id = finish_webhook_event.event_id AND e.token = held_token
  RETURNING e.* INTO event;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'event % is no longer held with token %', event_id, held_token USING ERRCODE = 'DS001';
  END IF;
  IF next_at IS NOT NULL THEN
    -- Later ends of the job wait behind it.
    UPDATE webhook_events e SET not_before = next_at
    WHERE e.status = 'pending' AND e.job_id = event.job_id AND e.lane = event.lane AND e.seq > event.seq AND e.not_before < next_at;
  END IF;
  INSERT INTO webhook_attempts (event_id, attempt, tenant_id, webhook_id, job_id, type, outcome, status, error, milliseconds, next_attempt_at)
  VALUES (event.id, event.attempt, event.tenant_id, event.webhook_id, event.job_id, event.type, new_outcome, answered, new_error, took_ms, next_at);
  IF event.webhook_id IS NULL THEN
    RETURN false;
  END IF;
  IF new_outcome = 'delivered' THEN
    UPDATE webhooks w SET failing_since = NULL, not_before = NULL
    WHERE w.id = event.webhook_id AND (w.failing_since IS NOT NULL OR w.not_before IS NOT NULL);
    RETURN false;
  END IF;
  UPDATE webhooks w SET
    failing_since = coalesce(w.failing_since, now()),
    not_before = greatest(w.not_before, hold_until)
  WHERE w.id = event.webhook_id RETURNING w.* INTO endpoint;
  IF disable IS NULL OR endpoint.disabled_at IS NOT NULL THEN
    RETURN false;
  END IF;
  IF disable = 'failing' AND endpoint.failing_since > event.expires_at - interval '23 hours' THEN
    RETURN false;
  END IF;
  UPDATE webhooks w SET disabled_at = now(), disabled_reason = disable WHERE w.id = event.webhook_id;
  RETURN true;
END $$;

-- Handed back, as if it had not been claimed: the holder is stopping.
CREATE FUNCTION release_webhook_event(event_id uuid, held_token bigint) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  UPDATE webhook_events e SET attempt = e.attempt - 1, tries = e.tries - 1, token = NULL, holder = NULL, leased_until = NULL
  WHERE e.id = release_webhook_event.event_id AND e.token = held_token;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'event % is no longer held with token %', event_id, held_token USING ERRCODE = 'DS001';
  END IF;
END $$;

-- Makes those claimable again whose lease ran out, gives up those of endpoints that were disabled, and forgets the oldest.
CREATE FUNCTION sweep_webhook_events(keep_days integer, most integer) RETURNS TABLE (released integer, given_up integer, forgotten integer)
LANGUAGE plpgsql SET enable_seqscan = off AS $$
BEGIN
  UPDATE webhook_events e SET leased_until = NULL, token = NULL, holder = NULL WHERE e.id IN (
    SELECT l.id FROM webhook_events l WHERE l.leased_until < now() FOR NO KEY UPDATE SKIP LOCKED);
  GET DIAGNOSTICS released = ROW_COUNT;
  UPDATE webhook_events e SET status = 'given_up' WHERE e.id IN (
    SELECT l.id FROM webhooks w JOIN webhook_events l ON l.webhook_id = w.id
    WHERE w.disabled_at IS NOT NULL AND l.status = 'pending' AND l.leased_until IS NULL LIMIT most FOR NO KEY UPDATE OF l SKIP LOCKED);
  GET DIAGNOSTICS given_up = ROW_COUNT;
  DELETE FROM webhook_events e WHERE e.id IN (
    SELECT l.id FROM webhook_events l WHERE l.status <> 'pending' AND l.at < now() - make_interval(days => keep_days)
    ORDER BY l.at LIMIT most FOR UPDATE SKIP LOCKED);
  GET DIAGNOSTICS forgotten = ROW_COUNT;
  RETURN NEXT;
END $$;

-- For how long the event that could be sent now has waited that has waited longest, in seconds; null when none waits.
CREATE FUNCTION webhook_events_waiting(OUT waiting bigint, OUT oldest_seconds double precision)
LANGUAGE sql STABLE
BEGIN ATOMIC
  SELECT count(*), extract(epoch FROM now() - min(e.not_before))::double precision FROM webhook_events e
    LEFT JOIN webhooks w ON w.id = e.webhook_id
  WHERE e.status = 'pending' AND e.leased_until IS NULL AND e.not_before <= now() AND w.disabled_at IS NULL;
END;

GRANT EXECUTE ON FUNCTION claim_webhook_events(text, integer, integer, integer, integer),
  finish_webhook_event(uuid, bigint, text, integer, text, integer, timestamptz, timestamptz, text), release_webhook_event(uuid, bigint),
  sweep_webhook_events(integer, integer), webhook_events_waiting() TO docusnap_worker;
