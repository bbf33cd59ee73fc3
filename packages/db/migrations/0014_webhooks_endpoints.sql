-- Whom jobs tell of their end. The outbox: an event a destination and end, written in the transaction that ends the job, delivered at least once, and
-- those of one job in order. Events are claimed, leased, fenced and swept as units are (0004_claim.sql), by any gateway.
--
-- SQLSTATE DS014 = too_many_webhooks.

CREATE TABLE webhooks (
  id uuid PRIMARY KEY,
  tenant_id uuid NOT NULL REFERENCES tenants ON DELETE CASCADE,
  url text NOT NULL,
  name text NOT NULL DEFAULT '',
  events text[] NOT NULL,
  -- Only of jobs submitted with this key; null = of all. No reference: a key may go before.
  key_id uuid,
  -- Only of jobs that name it.
  only_named boolean NOT NULL DEFAULT false,
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  disabled_at timestamptz(3),
  disabled_reason text CHECK (disabled_reason IN ('by_call', 'gone', 'failing')),
  -- The first attempt that failed since the last that did not.
  failing_since timestamptz(3),
  -- Nothing is sent before: it asked for patience.
  not_before timestamptz(3)
);
CREATE INDEX webhooks_tenant ON webhooks (tenant_id, created_at DESC, id DESC);

-- What an endpoint's events are signed with, each 32 bytes wrapped by a master key as a job's data key is; while one is rotated, several.
CREATE TABLE webhook_secrets (
  id uuid PRIMARY KEY,
  webhook_id uuid NOT NULL REFERENCES webhooks ON DELETE CASCADE,
  tenant_id uuid NOT NULL,
  master_key_id text NOT NULL,
  wrapped_key bytea NOT NULL,
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  -- Signs no more from then on; null = until there is another.
  expires_at timestamptz(3)
);
CREATE INDEX webhook_secrets_webhook ON webhook_secrets (webhook_id);

CREATE TABLE webhook_events (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  -- Order of the events of a job.
  seq bigint GENERATED ALWAYS AS IDENTITY,
  tenant_id uuid NOT NULL REFERENCES tenants ON DELETE CASCADE,
  -- Null: the job names an address of its own.
  webhook_id uuid REFERENCES webhooks ON DELETE CASCADE,
  -- Null: a ping. Events of a job go with it: who erases a job wants nothing more to be said of it.
  job_id uuid REFERENCES jobs ON DELETE CASCADE,
  -- What is bounded together, so that slow receivers hold up nobody else: an endpoint, or a host.
  lane uuid NOT NULL,
  type text NOT NULL,
  at timestamptz(3) NOT NULL DEFAULT now(),
  -- The job at its end; null for a ping.
  job jsonb,
  status text NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'delivered', 'given_up')),
  not_before timestamptz(3) NOT NULL DEFAULT now(),
  -- An attempt from then on is the last.
  expires_at timestamptz(3) NOT NULL,
  -- From 1 over all redeliveries, and since the last.
  attempt integer NOT NULL DEFAULT 0,
  tries integer NOT NULL DEFAULT 0,
  token bigint,
  holder text,
  leased_until timestamptz(3)
)
WITH (fillfactor = 70);
CREATE INDEX webhook_events_due ON webhook_events (tenant_id, lane, not_before, seq) WHERE status = 'pending' AND leased_until IS NULL;
CREATE INDEX webhook_events_held ON webhook_events (leased_until) INCLUDE (tenant_id, lane) WHERE leased_until IS NOT NULL;
CREATE INDEX webhook_events_pending ON webhook_events (job_id, lane, seq) WHERE status = 'pending';
CREATE INDEX webhook_events_job ON webhook_events (job_id);
CREATE INDEX webhook_events_webhook ON webhook_events (webhook_id);
CREATE INDEX webhook_events_old ON webhook_events (at) WHERE status <> 'pending';

-- The log: an attempt a row, added and read, never changed. It says nothing of documents and outlives its jobs.
CREATE TABLE webhook_attempts (
  at timestamptz(3) NOT NULL DEFAULT now(),
  event_id uuid NOT NULL,
  attempt integer NOT NULL,
  tenant_id uuid NOT NULL,
  webhook_id uuid,
  job_id uuid,
  type text NOT NULL,
  outcome text NOT NULL,
  -- What was answered; null where nothing was.
  status smallint,
  error text,
  milliseconds integer NOT NULL,
  next_attempt_at timestamptz(3),
  PRIMARY KEY (at, event_id, attempt)
) PARTITION BY RANGE (at);
CREATE INDEX webhook_attempts_webhook ON webhook_attempts (webhook_id, at DESC, event_id DESC);
CREATE INDEX webhook_attempts_job ON webhook_attempts (job_id, at DESC, event_id DESC);
-- For what no month was made for; 0015_partitions.sql makes and drops them.
CREATE TABLE webhook_attempts_default PARTITION OF webhook_attempts DEFAULT;

ALTER TABLE webhooks ENABLE ROW LEVEL SECURITY;
ALTER TABLE webhook_secrets ENABLE ROW LEVEL SECURITY;
ALTER TABLE webhook_events ENABLE ROW LEVEL SECURITY;
ALTER TABLE webhook_attempts ENABLE ROW LEVEL SECURITY;
ALTER TABLE webhook_attempts_default ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON webhooks TO docusnap_api USING (tenant_id = current_tenant());
-- Foreign keys look past row security, so what is added to an endpoint is checked to be added to one's own.
CREATE POLICY own_tenant ON webhook_secrets TO docusnap_api USING (tenant_id = current_tenant())
  WITH CHECK (tenant_id = current_tenant() AND EXISTS (SELECT 1 FROM webhooks w WHERE w.id = webhook_id));
CREATE POLICY own_tenant ON webhook_events TO docusnap_api USING (tenant_id = current_tenant())
  WITH CHECK (tenant_id = current_tenant() AND (webhook_id IS NULL OR EXISTS (SELECT 1 FROM webhooks w WHERE w.id = webhook_id)));
CREATE POLICY own_tenant ON webhook_attempts TO docusnap_api USING (tenant_id = current_tenant());
CREATE POLICY all_tenants ON webhooks TO docusnap_worker USING (true);
CREATE POLICY all_tenants ON webhook_secrets TO docusnap_worker USING (true);
CREATE POLICY all_tenants ON webhook_events TO docusnap_worker USING (true);
CREATE POLICY all_tenants ON webhook_attempts TO docusnap_worker USING (true);

GRANT SELECT, INSERT, DELETE ON webhooks TO docusnap_api;
GRANT UPDATE (url, name, events, disabled_at, disabled_reason, failing_since, not_before) ON webhooks TO docusnap_api;
GRANT SELECT, INSERT, DELETE ON webhook_secrets TO docusnap_api;
GRANT UPDATE (expires_at) ON webhook_secrets TO docusnap_api;
GRANT SELECT (id, tenant_id, webhook_id, job_id) ON webhook_events TO docusnap_api;
GRANT INSERT (id, tenant_id, webhook_id, lane, type, expires_at) ON webhook_events TO docusnap_api;
GRANT UPDATE (status, not_before, expires_at, tries) ON webhook_events TO docusnap_api;
GRANT SELECT ON webhook_attempts TO docusnap_api;

GRANT SELECT ON webhooks, webhook_secrets TO docusnap_worker;
GRANT UPDATE (disabled_at, disabled_reason, failing_since, not_before) ON webhooks TO docusnap_worker;
GRANT UPDATE (master_key_id, wrapped_key) ON webhook_secrets TO docusnap_worker;
GRANT SELECT, UPDATE, DELETE ON webhook_events TO docusnap_worker;
GRANT SELECT, INSERT ON webhook_attempts TO docusnap_worker;

-- Adds an endpoint, of which a tenant may have so many: the tenant's row is what those who add at the same time wait for.
CREATE FUNCTION refuse_too_many_webhooks() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM 1 FROM tenants t WHERE t.id = NEW.tenant_id FOR NO KEY UPDATE;
  IF (SELECT count(*) FROM webhooks w WHERE w.tenant_id = NEW.tenant_id) >= 50 THEN
    RAISE EXCEPTION 'tenant % has 50 webhooks', NEW.tenant_id USING ERRCODE = 'DS014';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER too_many BEFORE INSERT ON webhooks FOR EACH ROW EXECUTE FUNCTION refuse_too_many_webhooks();

-- A job has ended: an event for each endpoint that is told, and for the address that the job names. Runs as the owner, whoever ends the job. For a tenant
-- without endpoints and a job that names none it is one look into an index.
CREATE FUNCTION tell_of_end() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  event text := 'job.' || NEW.status;
  snapshot jsonb;
BEGIN
  IF NEW.webhook IS NULL AND NOT EXISTS (SELECT 1 FROM webhooks w WHERE w.tenant_id = NEW.tenant_id) THEN
    RETURN NULL;
  END IF;
  snapshot := job_document(NEW) - 'webhook';
  INSERT INTO webhook_events (tenant_id, webhook_id, job_id, lane, type, job, not_before, expires_at)
  SELECT NEW.tenant_id, d.webhook_id, NEW.id, d.lane, event, snapshot,
    -- Not before an end before this one, which is told of first.
    greatest(now(), (SELECT max(e.not_before) FROM webhook_events e WHERE e.job_id = NEW.id AND e.lane = d.lane AND e.status = 'pending')),
    now() + interval '24 hours'
  FROM (
    SELECT told.id AS webhook_id, told.id AS lane FROM (
      SELECT w.id FROM webhooks w
      WHERE w.tenant_id = NEW.tenant_id AND w.disabled_at IS NULL AND event = ANY (w.events)
        AND (w.id = (NEW.webhook ->> 'endpoint')::uuid OR NOT w.only_named AND (w.key_id IS NULL OR w.key_id = NEW.key_id))
      -- One that is just being deleted is waited for, and told nothing: the end of the job would else fail with it.
      FOR KEY SHARE) told
    UNION ALL
    SELECT NULL, encode(substring(sha256(convert_to(NEW.tenant_id || ' ' || (NEW.webhook ->> 'host'), 'UTF8')) FROM 1 FOR 16), 'hex')::uuid
    WHERE NEW.webhook ? 'sealed'
  ) d;
  RETURN NULL;
END $$;
CREATE TRIGGER tell_of_end AFTER UPDATE OF finished_at ON jobs FOR EACH ROW
  WHEN (OLD.finished_at IS NULL AND NEW.finished_at IS NOT NULL) EXECUTE FUNCTION tell_of_end();
