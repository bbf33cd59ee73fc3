-- Who did what. Rows are added and read, never changed: no role may update or delete them; months are dropped whole by the keeper of
-- partitions. No text of a document and no secret is in them.

CREATE TABLE audit_log (
  at timestamptz(3) NOT NULL DEFAULT now(),
  id uuid NOT NULL,
  -- Null where nobody was recognised.
  tenant_id uuid,
  key_id uuid,
  -- Of a JWT.
  subject text,
  -- Method and route: `DELETE /v1/jobs/{id}`.
  action text NOT NULL,
  -- What it was done to.
  target text,
  status smallint NOT NULL,
  request_id text NOT NULL,
  address text,
  -- How often in the minute before: refusals of one address are one row a minute.
  times integer NOT NULL DEFAULT 1,
  PRIMARY KEY (at, id)
) PARTITION BY RANGE (at);
CREATE INDEX audit_log_tenant ON audit_log (tenant_id, at DESC, id DESC);
-- For what no month was made for.
CREATE TABLE audit_log_default PARTITION OF audit_log DEFAULT;

ALTER TABLE audit_log ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON audit_log TO docusnap_api USING (tenant_id = current_tenant());
CREATE POLICY all_tenants ON audit_log TO docusnap_worker USING (true);
ALTER TABLE audit_log_default ENABLE ROW LEVEL SECURITY;
GRANT SELECT ON audit_log TO docusnap_api;
GRANT SELECT, INSERT ON audit_log TO docusnap_worker;

-- 13 months; 0015_partitions.sql makes and drops them.
INSERT INTO keeps (name, keep_seconds) VALUES ('audit_log', 34214400) ON CONFLICT DO NOTHING;
SELECT keep_partitions();
