-- Tables. Runs on PostgreSQL 15 to 18: no uuidv7() here, callers make the ids.
--
-- Times are timestamptz(3): what crosses into JavaScript is milliseconds, and a cursor that lost the microseconds of its column
-- would skip or repeat rows.

-- Functions are granted to roles one by one, below.
ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;

CREATE EXTENSION IF NOT EXISTS pg_trgm;

CREATE TABLE tenants (
  id uuid PRIMARY KEY,
  name text NOT NULL,
  created_at timestamptz(3) NOT NULL DEFAULT now()
);

CREATE TABLE api_keys (
  id uuid PRIMARY KEY,
  tenant_id uuid NOT NULL REFERENCES tenants ON DELETE CASCADE,
  prefix text NOT NULL,
  name text NOT NULL,
  scopes text[] NOT NULL,
  -- SHA-256 of the key; the key itself is stored nowhere.
  hash bytea NOT NULL UNIQUE,
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  last_used_at timestamptz(3),
  expires_at timestamptz(3),
  revoked_at timestamptz(3)
);
CREATE INDEX api_keys_tenant ON api_keys (tenant_id, created_at DESC, id DESC);

CREATE TABLE jobs (
  id uuid PRIMARY KEY,
  tenant_id uuid NOT NULL REFERENCES tenants ON DELETE CASCADE,
  name text NOT NULL,
  status text NOT NULL DEFAULT 'queued' CHECK (status IN
    ('queued', 'opening', 'reading', 'understanding', 'completed', 'partial', 'failed', 'cancelled', 'expired')),
  options jsonb NOT NULL,
  metadata jsonb,
  files_total integer NOT NULL CHECK (files_total > 0),
  -- Files whose opening has ended, well or not.
  files_opened integer NOT NULL DEFAULT 0,
  files_failed integer NOT NULL DEFAULT 0,
  -- Pages made so far; pages_total is the same number once every file is opened, and null until then.
  pages_made integer NOT NULL DEFAULT 0,
  pages_total integer,
  pages_done integer NOT NULL DEFAULT 0,
  pages_failed integer NOT NULL DEFAULT 0,
  error_code text,
  -- Null where the message is the error table's own.
  error_message text,
  -- Grows with every visible change: ETag, event id, what held polls compare.
  version integer NOT NULL DEFAULT 1,
  master_key_id text NOT NULL,
  wrapped_key bytea NOT NULL,
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  started_at timestamptz(3),
  finished_at timestamptz(3)
);
-- The list, newest first; the status filter; the name filter (see list_job_ids).
CREATE INDEX jobs_list ON jobs (tenant_id, created_at DESC, id DESC);
CREATE INDEX jobs_list_status ON jobs (tenant_id, status, created_at DESC, id DESC);
CREATE INDEX jobs_name ON jobs USING gin (name gin_trgm_ops);

CREATE TABLE files (
  job_id uuid NOT NULL REFERENCES jobs ON DELETE CASCADE,
  file_index integer NOT NULL CHECK (file_index >= 0),
  tenant_id uuid NOT NULL,
  name text NOT NULL,
  media_type text NOT NULL,
  bytes bigint NOT NULL,
  sha256 text NOT NULL,
  status text NOT NULL DEFAULT 'queued' CHECK (status IN ('queued', 'opened', 'failed')),
  pages integer,
  error_code text,
  error_message text,
  PRIMARY KEY (job_id, file_index)
);

CREATE TABLE pages (
  job_id uuid NOT NULL,
  file_index integer NOT NULL,
  frame integer NOT NULL CHECK (frame >= 0),
  tenant_id uuid NOT NULL,
  -- From 1 over the opened files in order; null until every file is opened.
  number integer,
  status text NOT NULL DEFAULT 'queued' CHECK (status IN ('queued', 'done', 'failed')),
  attempts integer NOT NULL DEFAULT 0,
  error_code text,
  error_message text,
  stages jsonb,
  -- The job's version when this page ended.
  version integer,
  PRIMARY KEY (job_id, file_index, frame),
  FOREIGN KEY (job_id, file_index) REFERENCES files ON DELETE CASCADE
);
CREATE UNIQUE INDEX pages_number ON pages (job_id, number);
CREATE INDEX pages_version ON pages (job_id, version) WHERE version IS NOT NULL;

-- What was read, sealed. Apart from pages, so that lists and counts never touch it.
CREATE TABLE page_texts (
  job_id uuid NOT NULL,
  file_index integer NOT NULL,
  frame integer NOT NULL,
  tenant_id uuid NOT NULL,
  sealed bytea NOT NULL,
  PRIMARY KEY (job_id, file_index, frame),
  FOREIGN KEY (job_id, file_index, frame) REFERENCES pages ON DELETE CASCADE
);
-- Sealed bytes do not compress; trying would only cost time.
ALTER TABLE page_texts ALTER COLUMN sealed SET STORAGE EXTERNAL;

-- Fencing tokens: each claim takes a new one, so that no two holders of a unit ever have the same.
CREATE SEQUENCE unit_tokens;

-- Live work only. A unit that ended is deleted, so that claims search nothing but what is left to do.
CREATE TABLE units (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  kind text NOT NULL CHECK (kind IN ('open', 'read')),
  job_id uuid NOT NULL,
  tenant_id uuid NOT NULL,
  file_index integer NOT NULL,
  -- Null for a file to open.
  frame integer CHECK ((frame IS NULL) = (kind = 'open')),
  priority smallint NOT NULL CHECK (priority BETWEEN 0 AND 9),
  -- When the job was submitted, for its pages too: the age that order goes by is the job's.
  queued_at timestamptz(3) NOT NULL DEFAULT now(),
  -- Which attempt the next or present holder makes is attempt + 1 or attempt.
  attempt integer NOT NULL DEFAULT 0,
  -- Claims that count against it: all but those handed back in good order.
  claims integer NOT NULL DEFAULT 0,
  reader_deaths integer NOT NULL DEFAULT 0,
  -- Of the last claim. Null before the first and after a unit was handed back.
  token bigint,
  holder text,
  -- Null = waiting.
  leased_until timestamptz(3),
  FOREIGN KEY (job_id, file_index) REFERENCES files ON DELETE CASCADE
)
-- Rows come and go all day: vacuum early, and leave room on each page for the claim's new row version.
WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.05);
-- The order of claims: see claim_unit.
CREATE INDEX units_waiting ON units (tenant_id, priority DESC, queued_at, job_id, id) WHERE leased_until IS NULL;
-- Those in hand: as many as there are readers.
CREATE INDEX units_held ON units (leased_until) INCLUDE (tenant_id, job_id) WHERE leased_until IS NOT NULL;
-- For erasing a job.
CREATE INDEX units_job ON units (job_id, file_index);
