-- As before (0014_webhooks_outbox.sql), but an event that is to be sent again while it is being sent is not lost: asking for it sets its tries to 0, which an
-- event in hand never has otherwise, and so the end of the attempt leaves it pending.
CREATE OR REPLACE FUNCTION finish_webhook_event(event_id uuid, held_token bigint, new_outcome text, answered integer, new_error text, took_ms integer,
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
    status = CASE WHEN new_outcome = 'again' OR e.tries = 0 THEN 'pending' ELSE new_outcome END,
    not_before = CASE WHEN e.tries = 0 THEN e.not_before ELSE coalesce(next_at, e.not_before) END, token = NULL, holder = NULL, leased_until = NULL
  WHERE e.id = finish_webhook_event.event_id AND e.token = held_token
  RETURNING e.* INTO event;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'event % is no longer held with token %', event_id, held_token USING ERRCODE = 'DS001';
  END IF;
  IF next_at IS NOT NULL AND event.tries > 0 THEN
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

-- Tries are 0 where it is to be sent again: see above.
CREATE OR REPLACE FUNCTION release_webhook_event(event_id uuid, held_token bigint) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  UPDATE webhook_events e SET attempt = e.attempt - 1, tries = greatest(0, e.tries - 1), token = NULL, holder = NULL, leased_until = NULL
  WHERE e.id = release_webhook_event.event_id AND e.token = held_token;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'event % is no longer held with token %', event_id, held_token USING ERRCODE = 'DS001';
  END IF;
END $$;
