/** The part of the error table (errors.ts) that is about requests, and about what they name. */
export const REQUEST_ERRORS = {
  bad_request: { status: 400, retryable: false, message: 'The request is not valid.' },
  malformed_json: { status: 400, retryable: false, message: 'The JSON is not valid.' },
  malformed_multipart: { status: 400, retryable: false, message: 'The body is not valid multipart/form-data.' },
  invalid_options: { status: 400, retryable: false, message: 'The options are not valid.' },
  metadata_too_large: { status: 400, retryable: false, message: 'The metadata is larger than 2 KB of JSON.' },
  no_files: {
    status: 400,
    retryable: false,
    message: 'The request holds no file. Send at least one.',
  },
  too_many_files: { status: 400, retryable: false, message: 'The request holds more files than one job may have.' },
  unauthorized: { status: 401, retryable: false, message: 'A valid API key is needed: Authorization: Bearer KEY.' },
  caller_unproven: {
    status: 401,
    retryable: false,
    message: 'The caller of this internal address has not proven who it is, as INTERNAL_AUTH or OCR_COMPAT_TOKEN asks.',
  },
  forbidden: { status: 403, retryable: false, message: 'This API key does not have the scope this call needs.' },
  sign_in_refused: {
    status: 401,
    retryable: false,
    message: 'The API key is unknown, was revoked or has expired. Sign in with another one.',
  },
  sign_in_link_spent: {
    status: 401,
    retryable: false,
    message:
      'The link was used already, or its time is up. Get a new one (npm run console), or sign in with an API key.',
  },
  too_many_sign_ins: {
    status: 429,
    retryable: true,
    message: 'Too many attempts to sign in came from this address. Try again after the time given.',
  },
  origin_refused: {
    status: 403,
    retryable: false,
    message: 'What a browser asks by its cookie is answered to pages of this address only.',
  },
  console_not_built: {
    status: 404,
    retryable: false,
    message: 'The console has not been built here: run "node packages/console/build.mjs", or start with "npm start".',
  },
  not_found: { status: 404, retryable: false, message: 'There is nothing at this address.' },
  job_not_found: { status: 404, retryable: false, message: 'There is no job with this id.' },
  page_not_found: { status: 404, retryable: false, message: 'The job has no page with this number.' },
  batch_not_found: { status: 404, retryable: false, message: 'There is no batch with this id.' },
  erasure_not_found: {
    status: 404,
    retryable: false,
    message: 'No job with this id was erased, or it is longer ago than receipts are kept.',
  },
  table_not_found: { status: 404, retryable: false, message: 'The page has no table with this number.' },
  key_not_found: { status: 404, retryable: false, message: 'There is no API key with this id.' },
  tenant_not_found: { status: 404, retryable: false, message: 'There is no tenant with this id.' },
  tenant_suspended: {
    status: 403,
    retryable: false,
    message: 'The operator of this installation has suspended this tenant.',
  },
  own_tenant: {
    status: 409,
    retryable: false,
    message: 'This key belongs to the tenant itself; use the key of another operator.',
  },
  too_many_requests: {
    status: 429,
    retryable: true,
    message:
      'More requests than this key or its tenant may make in a minute. Send this one again after the time given.',
  },
  page_budget_spent: {
    status: 429,
    retryable: true,
    message:
      'The pages that this key or its tenant may have read in a day are spent. There are new ones at midnight by UTC.',
  },
  webhook_not_found: { status: 404, retryable: false, message: 'There is no webhook with this id.' },
  delivery_not_found: {
    status: 404,
    retryable: false,
    message: 'There is no event with this id to deliver: its job was erased, or it is older than 30 days.',
  },
  too_many_webhooks: {
    status: 409,
    retryable: false,
    message: 'There are 50 webhooks, as many as one tenant may have. Delete one first.',
  },
  webhook_disabled: {
    status: 409,
    retryable: false,
    message: 'The webhook is disabled. Enable it first: PATCH /v1/webhooks/{id} with {"enabled": true}.',
  },
  webhook_url_refused: {
    status: 422,
    retryable: false,
    message: 'The address is none that events are sent to: https without credentials, port 443 of a public host.',
  },
  method_not_allowed: { status: 405, retryable: false, message: 'This address does not answer that method.' },
  not_acceptable: { status: 406, retryable: false, message: 'The result is not available in the format asked for.' },
  result_not_ready: { status: 409, retryable: true, message: 'The job has not ended yet. Poll it, then ask again.' },
  page_not_ready: {
    status: 409,
    retryable: true,
    message: 'The page has not been read yet. Poll the job, then ask again.',
  },
  image_not_made: {
    status: 404,
    retryable: false,
    message: 'There is no image of this page: none could be made of it.',
  },
  image_not_ready: {
    status: 409,
    retryable: true,
    message: 'The image of the page is still being made. Ask again in a moment.',
  },
  job_still_running: {
    status: 409,
    retryable: true,
    message: 'The job has not ended yet; only the failures of an ended job can be read again.',
  },
  job_already_ended: {
    status: 409,
    retryable: false,
    message: 'The job has ended already: nothing of it is left to stop.',
  },
  job_cancelled: { status: 409, retryable: false, message: 'The job was cancelled before all of it was done.' },
  deadline_missed: {
    status: 409,
    retryable: false,
    message: 'The deadline of the job passed before all of it was done.',
  },
  batch_full: {
    status: 409,
    retryable: false,
    message: 'The batch has as many documents as one may have. Make another.',
  },
  idempotency_key_in_use: {
    status: 409,
    retryable: true,
    message: 'The first request with this Idempotency-Key is still being carried out. Send this one again in a moment.',
  },
  idempotency_key_reused: {
    status: 422,
    retryable: false,
    message: 'This Idempotency-Key was used for another request. A new request needs a new key.',
  },
  idempotency_answer_withheld: {
    status: 409,
    retryable: false,
    message: 'The request with this Idempotency-Key was carried out; its answer held a secret and was not kept.',
  },
  nothing_to_retry: { status: 409, retryable: false, message: 'No page and no file of the job has failed.' },
  body_too_large: { status: 413, retryable: false, message: 'The body is larger than this call takes.' },
  file_too_large: {
    status: 413,
    retryable: false,
    message: 'The file has more bytes than one file of its kind may have.',
  },
  job_too_large: {
    status: 413,
    retryable: false,
    message: 'The files together have more bytes than one job may have.',
  },
  unsupported_media_type: {
    status: 415,
    retryable: false,
    message: 'The request body has a type this call does not take.',
  },
  request_timeout: { status: 408, retryable: true, message: 'The request came too slowly.' },
  headers_too_large: { status: 431, retryable: false, message: 'The head of the request is too large.' },
  // What the proxy before the gateways says (deploy/proxy)
  refused_by_proxy: {
    status: 403,
    retryable: false,
    message: 'The proxy lets no such request through, or none from this address.',
  },
  service_unreachable: {
    status: 503,
    retryable: true,
    message:
      'No gateway answered in time. Send the request again, with its Idempotency-Key where it changes something.',
  },
} as const satisfies Record<string, { status: number; retryable: boolean; message: string }>;
