-- Without a transaction

-- Built while everybody goes on writing. A build that was cut short leaves an index that is not valid, hence the DROP.
DROP INDEX CONCURRENTLY IF EXISTS jobs_expires;

CREATE INDEX CONCURRENTLY jobs_expires ON jobs (expires_at) WHERE expires_at IS NOT NULL;

DROP INDEX CONCURRENTLY IF EXISTS jobs_without_expiry;

-- Those that ended before there were expiries; empty once they are seen to (fill_expiries).
CREATE INDEX CONCURRENTLY jobs_without_expiry ON jobs (id) WHERE finished_at IS NOT NULL AND expires_at IS NULL;
