-- Who may do what. The roles themselves belong to the server, not to a database: see roles.ts.
--
-- docusnap_api sees the rows of the tenant that its transaction names in docusnap.tenant, and without one none.
-- docusnap_worker works for all tenants.
-- docusnap_owner owns everything; functions that are SECURITY DEFINER run as it, past row security.

-- The tenant of this transaction, or null. Resetting a local setting leaves '' behind, which is no tenant either.
CREATE FUNCTION current_tenant() RETURNS uuid
LANGUAGE sql STABLE PARALLEL SAFE
RETURN nullif(current_setting('docusnap.tenant', true), '')::uuid;

ALTER TABLE tenants ENABLE ROW LEVEL SECURITY;
ALTER TABLE api_keys ENABLE ROW LEVEL SECURITY;
ALTER TABLE jobs ENABLE ROW LEVEL SECURITY;
ALTER TABLE files ENABLE ROW LEVEL SECURITY;
ALTER TABLE pages ENABLE ROW LEVEL SECURITY;
ALTER TABLE page_texts ENABLE ROW LEVEL SECURITY;
ALTER TABLE units ENABLE ROW LEVEL SECURITY;

CREATE POLICY own_tenant ON tenants TO docusnap_api USING (id = current_tenant());
CREATE POLICY own_tenant ON api_keys TO docusnap_api USING (tenant_id = current_tenant());
CREATE POLICY own_tenant ON jobs TO docusnap_api USING (tenant_id = current_tenant());
-- Foreign keys look past row security, so what is added to a job is checked to be added to one's own.
CREATE POLICY own_tenant ON files TO docusnap_api USING (tenant_id = current_tenant())
  WITH CHECK (tenant_id = current_tenant() AND EXISTS (SELECT 1 FROM jobs j WHERE j.id = job_id));
CREATE POLICY own_tenant ON pages TO docusnap_api USING (tenant_id = current_tenant());
CREATE POLICY own_tenant ON page_texts TO docusnap_api USING (tenant_id = current_tenant());
CREATE POLICY own_tenant ON units TO docusnap_api USING (tenant_id = current_tenant())
  WITH CHECK (tenant_id = current_tenant() AND EXISTS (SELECT 1 FROM jobs j WHERE j.id = job_id));

CREATE POLICY all_tenants ON tenants TO docusnap_worker USING (true);
CREATE POLICY all_tenants ON api_keys TO docusnap_worker USING (true);
CREATE POLICY all_tenants ON jobs TO docusnap_worker USING (true);
CREATE POLICY all_tenants ON files TO docusnap_worker USING (true);
CREATE POLICY all_tenants ON pages TO docusnap_worker USING (true);
CREATE POLICY all_tenants ON page_texts TO docusnap_worker USING (true);
CREATE POLICY all_tenants ON units TO docusnap_worker USING (true);

GRANT USAGE ON SCHEMA public TO docusnap_api, docusnap_worker;
GRANT EXECUTE ON FUNCTION current_tenant() TO docusnap_api, docusnap_worker;

-- Submitting, reading and erasing. What happens to a job after it is submitted is the worker's.
GRANT SELECT, INSERT ON api_keys TO docusnap_api;
GRANT UPDATE (revoked_at) ON api_keys TO docusnap_api;
GRANT SELECT, INSERT, DELETE ON jobs TO docusnap_api;
GRANT SELECT, INSERT ON files TO docusnap_api;
GRANT SELECT ON pages, page_texts TO docusnap_api;
GRANT INSERT (kind, job_id, tenant_id, file_index, priority, queued_at) ON units TO docusnap_api;

-- The worker makes the first tenant and its first key, and does the work of all.
GRANT SELECT, INSERT ON tenants, api_keys TO docusnap_worker;
GRANT SELECT ON jobs, files TO docusnap_worker;
GRANT UPDATE (status, files_opened, files_failed, pages_made, pages_total, pages_done, pages_failed, error_code, error_message,
  version, started_at, finished_at) ON jobs TO docusnap_worker;
GRANT UPDATE (status, pages, error_code, error_message) ON files TO docusnap_worker;
GRANT SELECT, INSERT ON pages TO docusnap_worker;
GRANT UPDATE (number, status, attempts, error_code, error_message, stages, version) ON pages TO docusnap_worker;
GRANT SELECT, INSERT ON page_texts TO docusnap_worker;
GRANT SELECT, INSERT, UPDATE, DELETE ON units TO docusnap_worker;
GRANT USAGE ON SEQUENCE unit_tokens TO docusnap_worker;
