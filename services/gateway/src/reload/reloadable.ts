/** What the gateway takes from a changed CONFIG_FILE, or on SIGHUP, without a restart. */
export const RELOADABLE = [
  'LOG_LEVEL',
  'MASTER_KEY',
  'DOCUSNAP_V1_KEYS',
  'MAX_IMAGE_BYTES',
  'MAX_PDF_BYTES',
  'MAX_DOCUMENT_BYTES',
  'MAX_PAGE_PIXELS',
  'MAX_WAITING_UNITS',
  'MAX_WAITING_BYTES',
  'TENANT_WAITING_UNITS',
  'TENANT_WAITING_BYTES',
  'RETENTION_DAYS',
] as const;
