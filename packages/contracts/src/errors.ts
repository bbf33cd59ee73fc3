/**
 * The one table of everything that can go wrong in a way a caller should know.
 *
 * `status` is the HTTP status at the API; a failure found after the 202 (on a file, page or job) is stored with its code and
 * shown with the same words. `retryable` says whether the same request may succeed later without being changed.
 * `message` is public: it says what happened and what to do, and holds no text of any document.
 */
export const ERRORS = {
  // The request
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
  forbidden: { status: 403, retryable: false, message: 'This API key does not have the scope this call needs.' },
  not_found: { status: 404, retryable: false, message: 'There is nothing at this address.' },
  job_not_found: { status: 404, retryable: false, message: 'There is no job with this id.' },
  page_not_found: { status: 404, retryable: false, message: 'The job has no page with this number.' },
  table_not_found: { status: 404, retryable: false, message: 'The page has no table with this number.' },
  key_not_found: { status: 404, retryable: false, message: 'There is no API key with this id.' },
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
  // The files
  file_empty: { status: 422, retryable: false, message: 'The file is empty.' },
  file_type_unsupported: {
    status: 422,
    retryable: false,
    message: 'The file is none of the kinds that can be read: PDF, JPEG, PNG, WebP, GIF, TIFF, AVIF, HEIC, BMP.',
  },
  file_undecodable: { status: 422, retryable: false, message: 'The file is damaged or not what it says it is.' },
  file_truncated: { status: 422, retryable: false, message: 'The file ends too early. Send the whole file.' },
  too_many_pixels: { status: 422, retryable: false, message: 'The picture has more pixels than one page may have.' },
  too_many_pages: { status: 422, retryable: false, message: 'The file has more pages than one job may have.' },
  url_refused: {
    status: 422,
    retryable: false,
    message: 'The address is none that files are fetched from: https without credentials, port 443 of a public host.',
  },
  url_unreachable: { status: 422, retryable: true, message: 'The host of the address did not deliver the file.' },
  url_timeout: { status: 422, retryable: true, message: 'Fetching the file from its address took too long.' },
  url_without_file: { status: 422, retryable: false, message: 'The host of the address did not answer with a file.' },
  url_input_off: { status: 422, retryable: false, message: 'Files are not fetched by address here. Send their bytes.' },
  password_needed: {
    status: 422,
    retryable: false,
    message: 'The PDF is encrypted. Send its password as options.password.',
  },
  password_wrong: { status: 422, retryable: false, message: 'The password does not open the PDF.' },
  no_such_pages: {
    status: 422,
    retryable: false,
    message: 'The job has none of the pages that options.pages asks for.',
  },
  page_too_complex: {
    status: 422,
    retryable: false,
    message: 'Decoding the page takes more memory than one page may have.',
  },
  // The reading
  model_not_loaded: { status: 422, retryable: false, message: 'The readers have no models of that name loaded.' },
  page_poisonous: { status: 422, retryable: false, message: 'Two readers died on this page, so it was set aside.' },
  page_timeout: { status: 422, retryable: false, message: 'Reading this page took longer than one page may take.' },
  attempts_exhausted: {
    status: 503,
    retryable: true,
    message: 'Every attempt at this unit was cut short. Submit it again.',
  },
  lease_lost: { status: 409, retryable: false, message: 'The unit was given to another worker in the meantime.' },
  all_pages_failed: {
    status: 422,
    retryable: false,
    message: 'No page of the job could be read; see its files and pages.',
  },
  // The understanding
  llm_unavailable: { status: 503, retryable: true, message: 'The language model cannot be reached just now.' },
  llm_timeout: { status: 503, retryable: true, message: 'The language model took too long to answer.' },
  llm_answer_invalid: { status: 503, retryable: true, message: 'The language model gave no answer that can be used.' },
  llm_refused: { status: 422, retryable: false, message: 'The language model refused to answer about this document.' },
  llm_context_exceeded: {
    status: 422,
    retryable: false,
    message: 'What the language model has to read at once is longer than it can read.',
  },
  llm_misconfigured: {
    status: 503,
    retryable: false,
    message: 'The language model refuses the requests of this server; its operator must mend the configuration.',
  },
  nothing_to_understand: {
    status: 409,
    retryable: false,
    message: 'No page of the job was read, so there is nothing to understand.',
  },
  document_too_long: {
    status: 422,
    retryable: false,
    message: 'The document has more pages than can be understood at once.',
  },
  understanding_lost: {
    status: 503,
    retryable: true,
    message: 'Understanding the document took more time or memory than one may take.',
  },
  // The service
  internal: { status: 500, retryable: true, message: 'Something went wrong on our side.' },
  blob_damaged: { status: 500, retryable: false, message: 'Stored bytes failed their integrity check.' },
  master_key_missing: {
    status: 503,
    retryable: true,
    message: 'The master key that these bytes were sealed under is not configured here.',
  },
  blob_missing: { status: 500, retryable: false, message: 'Stored bytes are missing.' },
  readers_busy: { status: 503, retryable: true, message: 'All readers are busy. Try again after the time given.' },
  database_unavailable: { status: 503, retryable: true, message: 'The database cannot be reached just now.' },
  queue_unavailable: { status: 503, retryable: true, message: 'The queue cannot be reached just now.' },
  storage_unavailable: { status: 503, retryable: true, message: 'The file storage cannot be written just now.' },
  models_unavailable: { status: 503, retryable: false, message: 'The models cannot be loaded.' },
  model_download_failed: { status: 503, retryable: true, message: 'The model file could not be downloaded.' },
  model_damaged: { status: 500, retryable: false, message: 'The model file is not the one the catalogue names.' },
  provider_unavailable: { status: 503, retryable: false, message: 'The execution provider cannot be loaded.' },
  shutting_down: { status: 503, retryable: true, message: 'This server is stopping. Send the request again.' },
} as const satisfies Record<string, { status: number; retryable: boolean; message: string }>;

export type ErrorCode = keyof typeof ERRORS;

/** How a failure is kept on a file, page or job, and shown in answers. */
export interface Failure {
  readonly code: ErrorCode;
  readonly message: string;
  readonly retryable: boolean;
}

/**
 * The only error that is thrown on purpose. `detail` adds to the table's message what this case is about (a limit, a field, a
 * value in the caller's own words); it is public and must hold no text of a document.
 */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly status: number;
  readonly retryable: boolean;
  /** Seconds after which a retry makes sense, for `Retry-After`. */
  readonly retryAfter: number | undefined;

  constructor(code: ErrorCode, detail?: string, options: { cause?: unknown; retryAfter?: number } = {}) {
    super(detail ? `${ERRORS[code].message} ${detail}` : ERRORS[code].message, { cause: options.cause });
    this.name = 'AppError';
    this.code = code;
    this.status = ERRORS[code].status;
    this.retryable = ERRORS[code].retryable;
    this.retryAfter = options.retryAfter;
  }

  toFailure(): Failure {
    return { code: this.code, message: this.message, retryable: this.retryable };
  }
}

export function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(ERRORS, code);
}

/** Any thrown value as an AppError; what is not one yet becomes `internal`, with its cause kept for the log. */
export function toAppError(error: unknown): AppError {
  return error instanceof AppError ? error : new AppError('internal', undefined, { cause: error });
}
