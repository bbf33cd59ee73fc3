-- Without a transaction

-- Built while everybody goes on writing. A build that was cut short leaves an index that is not valid, hence the DROP.
DROP INDEX CONCURRENTLY IF EXISTS usage_entries_tenant;

-- Ends that are not added up yet: few while a gateway runs, and as many as there were ends where none has for long.
CREATE INDEX CONCURRENTLY usage_entries_tenant ON usage_entries (tenant_id, day);

DROP INDEX CONCURRENTLY IF EXISTS jobs_name_letters;

-- What is new waits in a list, which every search reads whole and whoever makes it too long puts into the index: a short one costs each of them little.
CREATE INDEX CONCURRENTLY jobs_name_letters ON jobs USING gin (job_name_letters(name) gin_trgm_ops) WITH (gin_pending_list_limit = 256);

ALTER INDEX jobs_name SET (gin_pending_list_limit = 256);
