import { REQUEST_ERRORS } from './request-errors.ts';

/**
 * The one table of everything that can go wrong in a way a caller should know.
 *
 * `status` is the HTTP status at the API; a failure found after the 202 (on a file, page or job) is stored with its code and
 * shown with the same words. `retryable` says whether the same request may succeed later without being changed.
 * `message` is public: it says what happened and what to do, and holds no text of any document.
 */
export const ERRORS = {
  ...REQUEST_ERRORS,
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
  deadline_unreachable: {
    status: 422,
    retryable: false,
    message:
      'The deadline has passed, or cannot be met at the rate at which pages are read. Send a later one, or none.',
  },
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
  form_not_understood: {
    status: 409,
    retryable: false,
    message: 'The blanks of this job are not known. Ask for the task form on it first.',
  },
  nothing_filled: {
    status: 409,
    retryable: false,
    message: 'The job that filled is none with the task fill, or failed.',
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
  tenant_queue_full: {
    status: 429,
    retryable: true,
    message: 'As much of this tenant or API key is waiting as may wait at a time. Try again after the time given.',
  },
  queue_full: {
    status: 503,
    retryable: true,
    message: 'As much is waiting as may wait at a time. Try again after the time given.',
  },
  larger_than_queue: {
    status: 413,
    retryable: false,
    message: 'The job alone is more than may wait at a time. Send it in smaller parts.',
  },
  gateway_busy: {
    status: 503,
    retryable: true,
    message: 'This server is receiving as much as it can hold. Try again after the time given.',
  },
  memory_low: {
    status: 503,
    retryable: true,
    message: 'This server has too little free memory to take more just now. Try again after the time given.',
  },
  disk_low: {
    status: 503,
    retryable: true,
    message: 'The disk of the stored files has too little free space. Try again after the time given.',
  },
  readers_busy: { status: 503, retryable: true, message: 'All readers are busy. Try again after the time given.' },
  database_unavailable: { status: 503, retryable: true, message: 'The database cannot be reached just now.' },
  identity_unavailable: {
    status: 503,
    retryable: true,
    message: 'The keys of the identity provider cannot be fetched just now, so the token cannot be checked.',
  },
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
