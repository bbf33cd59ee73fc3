import { ERRORS, type ErrorCode } from './errors.ts';

/**
 * What to do, for errors whose message says only what happened. Shown beside the message where there is room: in the page of errors, and by the command
 * `docusnap`. Messages of more than one sentence end with it themselves.
 */
const ADVICE: Partial<Record<ErrorCode, string>> = {
  all_pages_failed: 'Send better pictures of those pages, or POST /v1/jobs/{id}/retry where their errors may pass.',
  bad_request: 'Change what the rest of the detail names; /openapi.json says what the call takes.',
  batch_not_found: 'Look for it in GET /v1/batches; it may have been erased.',
  blob_damaged: 'Send the file again. For operators: the storage has changed bytes; restore them from a backup.',
  blob_missing: 'Send the file again. For operators: the storage has lost bytes; restore them from a backup.',
  body_too_large: 'Send less at once: files as parts of a form, many documents as a batch.',
  caller_unproven: 'Sign the request, or send the token or certificate, that the ocr service asks for.',
  database_unavailable: 'Send the request again. For operators: /readyz and the log of the gateway name the reason.',
  deadline_missed: 'Set a later deadline, or none, and POST /v1/jobs/{id}/retry: what was read stays.',
  delivery_not_found: 'Read the job itself where it still exists.',
  document_too_long: 'Ask for some of its pages: options.pages.',
  erasure_not_found: 'Receipts are kept for 13 months.',
  file_empty: 'Send a file that has bytes; one that is still being written may look empty.',
  file_too_large: 'Send a smaller picture, or the PDF in parts.',
  file_type_unsupported: 'Convert it to one of these, for instance by printing it to PDF.',
  file_undecodable: 'Open it in another program and save it anew.',
  forbidden: 'Use another key, or have somebody with the scope admin make one.',
  headers_too_large: 'Send fewer or shorter headers, cookies among them.',
  idempotency_answer_withheld: 'Make a new one with a new Idempotency-Key, and revoke or remove the one before.',
  identity_unavailable: 'Send the request again, or use an API key.',
  image_not_made: 'Show its text without a picture.',
  internal: 'Send the request again. Where it stays so, tell the operator the request_id.',
  invalid_options: 'Change what the rest of the detail names; /openapi.json lists the options.',
  job_already_ended: 'Its result is at GET /v1/jobs/{id}/result.',
  job_cancelled: 'POST /v1/jobs/{id}/retry reads what is missing.',
  job_not_found: 'Look for it in GET /v1/jobs; it may have been erased, or belong to another tenant.',
  job_still_running: 'Poll it until it has ended: GET /v1/jobs/{id}?wait=60.',
  job_too_large: 'Send the files as several jobs, or as a batch.',
  key_not_found: 'GET /v1/keys lists the keys there are.',
  lease_lost: 'Nothing: the other worker does it.',
  llm_answer_invalid: 'Ask again with POST /v1/jobs/{id}/extractions; a simpler schema or a larger model helps.',
  llm_context_exceeded: 'Ask for fewer fields or pages, or raise LLM_CONTEXT_TOKENS where the model takes more.',
  llm_misconfigured: 'For operators: look at LLM_BASE_URL, LLM_MODEL and LLM_API_KEY; the log names what was refused.',
  llm_refused: 'Use another model for such documents, or none: rules refuse nothing.',
  llm_timeout: 'Ask again with POST /v1/jobs/{id}/extractions; for operators: LLM_TIMEOUT_SECONDS.',
  llm_unavailable: 'Ask again with POST /v1/jobs/{id}/extractions; the text of the job is there already.',
  malformed_json: 'Send JSON as RFC 8259 has it; in forms, fields but task, batch and deadline are JSON too.',
  malformed_multipart: 'Let a library write the form, and let it set Content-Type with its boundary.',
  master_key_missing: 'For operators: put the key back into MASTER_KEY, after the ones in use.',
  metadata_too_large: 'Keep the data yourself and send an id of it.',
  method_not_allowed: 'The header Allow says which methods it answers.',
  model_damaged: 'For operators: npm run models -- pull fetches it again.',
  model_download_failed: 'For operators: check the network, then npm run models -- pull again.',
  model_not_loaded: 'Leave options.model out, or have its models loaded: OCR_MODELS.',
  models_unavailable:
    'For operators: the log of the ocr service names the file; npm run models -- verify looks at all.',
  not_acceptable: 'Ask for json, text, markdown, hocr, alto, tsv or pdf.',
  not_found: '/openapi.json lists every address there is.',
  nothing_filled: 'Name a job with the task fill that has completed.',
  nothing_to_retry: 'Its result is at GET /v1/jobs/{id}/result.',
  nothing_to_understand: 'See its pages for why none was read, and retry or send better ones.',
  origin_refused: 'Sign in at this address itself; programs send an API key instead of a cookie.',
  own_tenant: 'Make another tenant with a key of its own that has the scope operator.',
  page_not_found: 'GET /v1/jobs/{id}/pages lists the pages there are.',
  page_poisonous: 'Save the page in another way, at a lower resolution, and send that; please report the file.',
  page_timeout: 'Send it at a lower resolution, or with options.setting fast.',
  page_too_complex: 'Send it at a lower resolution, or print it to a simpler PDF.',
  password_wrong: 'Send the right one as options.password; the one that opens it, not the one that permits changes.',
  provider_unavailable: 'For operators: install what the provider needs, or set OCR_EXECUTION_PROVIDER=cpu.',
  queue_unavailable: 'Nothing: jobs are taken and read all the same. For operators: /readyz says whether it is back.',
  refused_by_proxy: 'Ask whoever runs the proxy; its configuration names what it lets through.',
  request_timeout: 'Send it again over a better line, or in smaller parts.',
  storage_unavailable: 'Send the request again. For operators: the log of the gateway names the reason.',
  table_not_found: 'The page lists its tables: `tables` of GET /v1/jobs/{id}/pages/{n}.',
  tenant_not_found: 'GET /v1/tenants lists the tenants there are.',
  tenant_suspended: 'Ask the operator.',
  too_many_files: 'Send them as several jobs, or as a batch.',
  too_many_pages: 'Send the document in parts, or ask for some of its pages: options.pages.',
  too_many_pixels: 'Send the picture at a lower resolution; 300 dots an inch are enough for print.',
  unauthorized: 'Use a key that was neither revoked nor has expired; keys are made by POST /v1/keys.',
  understanding_lost: 'Ask again with POST /v1/jobs/{id}/extractions, for fewer pages or fields.',
  unsupported_media_type: 'Send multipart/form-data or application/json, and say so in Content-Type.',
  url_refused: 'Send the bytes, or have the operator allow the host: FETCH_ALLOW.',
  url_timeout: 'Send the request again, or the bytes.',
  url_unreachable: 'Check the address, or send the bytes.',
  url_without_file: 'Give an address that answers with the file itself, without signing in.',
  webhook_not_found: 'GET /v1/webhooks lists the webhooks there are.',
  webhook_url_refused: 'Use such an address, or have the operator allow the host: FETCH_ALLOW.',
  no_such_pages: 'Count pages from 1 over all files of the job, or leave options.pages out.',
};

/** What to do about an error, where its message does not say. */
export function adviceOn(code: ErrorCode): string | undefined {
  return ADVICE[code];
}

/** Codes whose line says nowhere what to do: messages of one sentence without advice. */
export function withoutAdvice(): readonly ErrorCode[] {
  return (Object.keys(ERRORS) as ErrorCode[]).filter((code) => {
    const { message } = ERRORS[code];
    return ADVICE[code] === undefined && !/[.:;] \S/.test(message) && !/, see |; /.test(message);
  });
}
