// Made by `npm run generate:client` from the schemas behind /openapi.json. Not to be edited: a test compares it with them.

/** What JSON can say. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json | undefined };

export interface AuditEntry {
  readonly at: string;
  readonly tenant_id: string | null;
  readonly key_id: string | null;
  /** `sub` of the JWT that was sent. */
  readonly subject: string | null;
  /** Method and route, such as `DELETE /v1/jobs/{id}`. */
  readonly action: string;
  /** Id of what it was done to. */
  readonly target: string | null;
  readonly status: number;
  readonly request_id: string;
  readonly address: string | null;
  /** How often: refusals of one address and caller are one entry a minute. */
  readonly times: number;
}

export interface AuditList {
  readonly entries: readonly AuditEntry[];
  readonly next_cursor: string | null;
}

export interface Barcode {
  readonly format: string;
  readonly text: string;
  readonly quad: Quad;
}

export interface Batch {
  readonly id: string;
  readonly name: string | null;
  /** ended: each document that it has been given so far has ended; it runs again when it is given more. */
  readonly status: "empty" | "running" | "ended";
  /** Erased ones do not count. */
  readonly documents: {
    readonly total: number;
    readonly ended: number;
    readonly by_status: { readonly [Name in "queued" | "opening" | "reading" | "understanding" | "completed" | "partial" | "failed" | "cancelled" | "expired"]?: number };
  };
  /** total is null until every file has been opened. */
  readonly pages: {
    readonly total: number | null;
    readonly done: number;
    readonly failed: number;
  };
  /** Documents that have ended, of all. */
  readonly progress: number;
  readonly metadata: { readonly [name: string]: Json } | null;
  readonly created_at: string;
  readonly links: {
    readonly self: string;
    readonly jobs: string;
  };
}

export interface BatchList {
  readonly batches: readonly Batch[];
  readonly next_cursor: string | null;
}

export interface Blank {
  readonly kind: "line" | "box";
  readonly quad: Quad;
}

export interface Block {
  readonly quad: Quad;
  readonly lines: readonly Line[];
}

export interface ChangeKeyInput {
  readonly name?: string | undefined;
  /** null: it does not expire. */
  readonly expires_at?: string | null | undefined;
  /** In place of all limits the key had. */
  readonly limits?: TenantLimitsInput | undefined;
}

export interface ChangeTenantInput {
  readonly name?: string | undefined;
  /** In place of all limits the tenant had. */
  readonly limits?: TenantLimitsInput | undefined;
  /** true: its keys are refused until this is false; its jobs go on. */
  readonly suspended?: boolean | undefined;
}

export interface ChangeWebhookInput {
  readonly url?: string | undefined;
  readonly name?: string | undefined;
  /** The ends it is told of; all unless given. */
  readonly events?: readonly ("job.completed" | "job.partial" | "job.failed" | "job.cancelled" | "job.expired")[] | undefined;
  /** true: it is sent events again, those from now on; false: it is sent none, and those that wait are given up. */
  readonly enabled?: boolean | undefined;
}

export interface Checkbox {
  readonly quad: Quad;
  readonly checked: boolean;
  readonly score: number;
}

export interface ClassifyResult {
  readonly label: string;
  readonly confidence: number;
  readonly candidates: readonly ({
    readonly label: string;
    readonly confidence: number;
  })[];
}

export interface ConsoleLink {
  /** To be put after the address of this server; signs in whoever opens it first. */
  readonly path: string;
  readonly expires_at: string;
}

export interface ConsoleSession {
  /** null: nobody is signed in here. */
  readonly session: {
    readonly key_id: string;
    readonly tenant_id: string;
    /** Of the key that it came from. */
    readonly name: string;
    readonly prefix: string;
    readonly scopes: readonly ("read" | "write" | "admin" | "operator")[];
    /** However much it is used. */
    readonly expires_at: string;
  } | null;
}

export interface CreateBatchInput {
  readonly name?: string | undefined;
  /** Each becomes a job. More may follow, one by one: the field batch of POST /v1/jobs. Default: []. */
  readonly files?: readonly ({
    /** "file", or what its host calls it, unless given. */
    readonly name?: string | undefined;
    /** The bytes of the file in base64, without a data: prefix. */
    readonly content?: string | undefined;
    /** In place of content: where the file is fetched from, https on port 443 of a public host. */
    readonly url?: string | undefined;
    /** In place of those of the batch. */
    readonly options?: JobOptionsInput | undefined;
    /** In place of that of the batch. */
    readonly metadata?: { readonly [name: string]: Json } | undefined;
  })[] | undefined;
  /** Of each document. */
  readonly options?: JobOptionsInput | undefined;
  /** Of the batch, and of each document that has none of its own. */
  readonly metadata?: { readonly [name: string]: Json } | undefined;
  /** RFC 3339. What is not done by then is given up: the job ends as expired, and pages that were read stay. Refused where it cannot be met. */
  readonly deadline?: string | undefined;
  /** The job is erased so long after its end; as long as is usual for your tenant unless given. */
  readonly retention_seconds?: number | undefined;
  readonly webhook?: JobWebhookInput | undefined;
  /** doc: title, tags, description and key-values; form: the same and its blanks; fill: a form from a library; extract: the fields of a schema; classify: its kind. */
  readonly task?: "doc" | "form" | "fill" | "extract" | "classify" | undefined;
  /** Of extract: a JSON Schema, draft 2020-12, of objects, arrays and scalars. */
  readonly schema?: { readonly [name: string]: Json } | undefined;
  /** Of classify: the kinds there are; a list of common ones unless given. */
  readonly labels?: readonly string[] | undefined;
  /** Of fill: a form, as a job with the task form gave it. */
  readonly form?: { readonly [name: string]: Json } | undefined;
  /** What is known already: of fill the source of values, else what may be related. Default: []. */
  readonly library?: readonly ({
    readonly type: "doc" | "form";
    readonly id: string;
    readonly title: string;
    /** Default: []. */
    readonly tags?: readonly string[] | undefined;
    /** Default: "". */
    readonly description?: string | undefined;
    /** Default: null. */
    readonly date?: string | null | undefined;
    /** Default: {}. */
    readonly kv?: { readonly [name: string]: string } | undefined;
  })[] | undefined;
}

export interface CreateKeyInput {
  readonly name: string;
  /** read, write and admin are of the own tenant. Only an operator makes keys with the scope operator. Default: ["read","write"]. */
  readonly scopes?: readonly ("read" | "write" | "admin" | "operator")[] | undefined;
  readonly expires_at?: string | undefined;
  /** false: jobs submitted with this key do without the page cache. Default: true. */
  readonly cache?: boolean | undefined;
  /** Besides those of the tenant: of two limits the tighter one counts. Default: {}. */
  readonly limits?: TenantLimitsInput | undefined;
}

export interface CreateTenantInput {
  readonly name: string;
  /** Default: {}. */
  readonly limits?: TenantLimitsInput | undefined;
}

export interface CreateWebhookInput {
  /** https, on port 443 of a public host unless the operator allows others. */
  readonly url: string;
  /** Default: "". */
  readonly name?: string | undefined;
  /** The ends it is told of; all unless given. Default: ["job.completed","job.partial","job.failed","job.cancelled","job.expired"]. */
  readonly events?: readonly ("job.completed" | "job.partial" | "job.failed" | "job.cancelled" | "job.expired")[] | undefined;
  /** Only of jobs that were submitted with this API key. */
  readonly key_id?: string | undefined;
  /** true: only of jobs that name it in their field `webhook`. Default: false. */
  readonly only_named?: boolean | undefined;
}

export interface Delivery {
  /** Of the event, the same at each attempt: the header webhook-id. */
  readonly id: string;
  /** Null where the job named an address of its own. */
  readonly webhook_id: string | null;
  readonly job_id: string | null;
  readonly type: string;
  readonly attempt: number;
  readonly at: string;
  /** delivered; again: it is tried again; given_up: it is not, unless it is redelivered. */
  readonly outcome: "delivered" | "again" | "given_up";
  /** What the receiver answered; null where it did not. */
  readonly status: number | null;
  /** Why there was no answer, or none that counts. */
  readonly error: string | null;
  readonly milliseconds: number;
  readonly next_attempt_at: string | null;
}

export interface DeliveryList {
  readonly deliveries: readonly Delivery[];
  readonly next_cursor: string | null;
}

export interface DocResult {
  readonly title: string;
  readonly tags: readonly string[];
  readonly description: string;
  readonly kv: { readonly [name: string]: string };
  readonly related: readonly ({
    readonly type: "doc" | "form";
    readonly resource_id: string;
  })[];
}

export interface Erasure {
  readonly job_id: string;
  /** removing: nothing of it can be opened any more, but sealed bytes may be left; gone: nothing is left. */
  readonly status: "removing" | "gone";
  /** request: somebody asked; expiry: its time was up; tenant: its tenant was erased. */
  readonly reason: "request" | "expiry" | "tenant";
  /** The API key that asked for it; null where none did. */
  readonly key_id: string | null;
  /** When it was asked for, or done for its time was up: its rows and its data key are gone since then. */
  readonly erased_at: string;
  /** When the last of its sealed bytes was gone. Of a job that was being read minutes before this is some minutes later: it is made sure that no reader left any. */
  readonly gone_at: string | null;
  /** What there was. */
  readonly removed: {
    readonly files: number;
    /** Of the files as they came. */
    readonly bytes: number;
    readonly pages: number;
    /** Texts of pages. */
    readonly texts: number;
    /** Results of understanding. */
    readonly extractions: number;
    /** Pictures of pages. */
    readonly images: number;
    /** Keys without which nothing of the job can be opened, wherever a copy of it may lie. */
    readonly data_keys: number;
  };
}

export interface Evidence {
  /** From 1. */
  readonly page: number;
  /** Positions among the lines of the page, from 0. */
  readonly lines: readonly number[];
  readonly words: readonly ({
    readonly line: number;
    readonly word: number;
  })[];
  readonly quad: Quad;
  readonly quote: string;
  readonly match: "exact" | "normalized" | "fuzzy";
}

export interface ExtractedField {
  readonly value: string | number | boolean | null;
  readonly normalized: string | null;
  readonly confidence: number;
  readonly grounded: boolean;
  readonly evidence: readonly Evidence[];
}

export interface ExtractionInput {
  /** doc: title, tags, description and key-values; form: the same and its blanks; fill: a form from a library; extract: the fields of a schema; classify: its kind. */
  readonly task: "doc" | "form" | "fill" | "extract" | "classify";
  /** Of extract: a JSON Schema, draft 2020-12, of objects, arrays and scalars. */
  readonly schema?: { readonly [name: string]: Json } | undefined;
  /** Of classify: the kinds there are; a list of common ones unless given. */
  readonly labels?: readonly string[] | undefined;
  /** Of fill: a form, as a job with the task form gave it. */
  readonly form?: { readonly [name: string]: Json } | undefined;
  /** What is known already: of fill the source of values, else what may be related. Default: []. */
  readonly library?: readonly ({
    readonly type: "doc" | "form";
    readonly id: string;
    readonly title: string;
    /** Default: []. */
    readonly tags?: readonly string[] | undefined;
    /** Default: "". */
    readonly description?: string | undefined;
    /** Default: null. */
    readonly date?: string | null | undefined;
    /** Default: {}. */
    readonly kv?: { readonly [name: string]: string } | undefined;
  })[] | undefined;
  readonly options?: {
    /** true: values that no page proves are left out of what is understood, not only marked. */
    readonly require_grounding?: boolean | undefined;
    /** true: a language model that takes pictures is shown the first 16 pages beside their text; `pictures` of what was understood says how many. */
    readonly vision?: boolean | undefined;
  } | undefined;
}

export interface Failure {
  readonly code: "bad_request" | "malformed_json" | "malformed_multipart" | "invalid_options" | "metadata_too_large" | "no_files" | "too_many_files" | "unauthorized" | "caller_unproven" | "forbidden" | "sign_in_refused" | "sign_in_link_spent" | "too_many_sign_ins" | "origin_refused" | "console_not_built" | "not_found" | "job_not_found" | "page_not_found" | "batch_not_found" | "erasure_not_found" | "table_not_found" | "key_not_found" | "tenant_not_found" | "tenant_suspended" | "own_tenant" | "too_many_requests" | "page_budget_spent" | "webhook_not_found" | "delivery_not_found" | "too_many_webhooks" | "webhook_disabled" | "webhook_url_refused" | "method_not_allowed" | "not_acceptable" | "result_not_ready" | "page_not_ready" | "image_not_made" | "image_not_ready" | "job_still_running" | "job_already_ended" | "job_cancelled" | "deadline_missed" | "batch_full" | "idempotency_key_in_use" | "idempotency_key_reused" | "idempotency_answer_withheld" | "nothing_to_retry" | "body_too_large" | "file_too_large" | "job_too_large" | "unsupported_media_type" | "request_timeout" | "headers_too_large" | "refused_by_proxy" | "service_unreachable" | "file_empty" | "file_type_unsupported" | "file_undecodable" | "file_truncated" | "too_many_pixels" | "too_many_pages" | "deadline_unreachable" | "url_refused" | "url_unreachable" | "url_timeout" | "url_without_file" | "url_input_off" | "password_needed" | "password_wrong" | "no_such_pages" | "page_too_complex" | "model_not_loaded" | "page_poisonous" | "page_timeout" | "attempts_exhausted" | "lease_lost" | "all_pages_failed" | "llm_unavailable" | "llm_timeout" | "llm_answer_invalid" | "llm_refused" | "llm_context_exceeded" | "llm_misconfigured" | "nothing_to_understand" | "form_not_understood" | "nothing_filled" | "document_too_long" | "understanding_lost" | "internal" | "blob_damaged" | "master_key_missing" | "blob_missing" | "tenant_queue_full" | "queue_full" | "larger_than_queue" | "gateway_busy" | "memory_low" | "disk_low" | "readers_busy" | "database_unavailable" | "identity_unavailable" | "queue_unavailable" | "storage_unavailable" | "models_unavailable" | "model_download_failed" | "model_damaged" | "provider_unavailable" | "shutting_down";
  readonly message: string;
  readonly retryable: boolean;
}

export interface File {
  readonly index: number;
  readonly name: string;
  readonly media_type: "application/pdf" | "image/jpeg" | "image/png" | "image/webp" | "image/gif" | "image/tiff" | "image/avif" | "image/heic" | "image/bmp";
  readonly bytes: number;
  readonly sha256: string;
  readonly status: "queued" | "opened" | "failed";
  readonly pages: number | null;
  readonly error: Failure | null;
}

export type FillResult = { readonly [name: string]: {
  readonly value: string;
  readonly source: {
    readonly type: "doc" | "form";
    readonly resource_id: string;
  };
} };

export interface FormBlank {
  readonly label: string;
  readonly question?: string | undefined;
  readonly page: number;
  readonly quad: Quad;
}

export interface FormResult {
  readonly title: string;
  readonly tags: readonly string[];
  readonly description: string;
  readonly kv: { readonly [name: string]: string };
  readonly related: readonly ({
    readonly type: "doc" | "form";
    readonly resource_id: string;
  })[];
  readonly fields: readonly string[];
}

export interface Job {
  readonly id: string;
  readonly name: string;
  readonly status: "queued" | "opening" | "reading" | "understanding" | "completed" | "partial" | "failed" | "cancelled" | "expired";
  /** Null until every file of the job has been opened. */
  readonly pages_total: number | null;
  readonly pages_done: number;
  readonly pages_failed: number;
  /** Position and estimate change without a new ETag. */
  readonly progress: Progress;
  readonly error: Failure | null;
  readonly options: JobOptions;
  readonly metadata: { readonly [name: string]: Json } | null;
  readonly files: readonly File[];
  /** What is asked to be understood. */
  readonly task: "doc" | "form" | "fill" | "extract" | "classify" | null;
  /** waiting: for the pages; queued: being understood, or about to be. Null where nothing is asked. */
  readonly extraction: {
    readonly status: "waiting" | "queued" | "done" | "failed";
    readonly error: Failure | null;
  } | null;
  readonly created_at: string;
  readonly started_at: string | null;
  readonly finished_at: string | null;
  readonly batch_id: string | null;
  /** What of it is not done by then is given up. */
  readonly deadline: string | null;
  /** When it is erased; null until that is known. */
  readonly expires_at: string | null;
  readonly links: {
    readonly self: string;
    readonly events: string;
    readonly pages: string;
    readonly result: string;
  };
}

export interface JobList {
  readonly jobs: readonly Job[];
  readonly next_cursor: string | null;
}

export interface JobOptions {
  /** 0 to 9; higher goes first among the jobs of the same tenant. Default: 5. */
  readonly priority: number;
  /** Models to read with, of those that are loaded; the default ones unless given. */
  readonly model?: string | undefined;
  /** accurate: fewest errors, the default; fast: less time on each page, more errors in small print. */
  readonly setting?: "accurate" | "fast" | undefined;
  /** Pages to read, "1-3,7", counted from 1 over all files in order, of which one that cannot be opened counts none; all unless given. */
  readonly pages?: string | undefined;
  /** Opens encrypted PDFs of this job. It is kept sealed and never shown. */
  readonly password?: string | undefined;
  /** true: each file becomes a job of its own, in order, all or none; the answer then is {"jobs": [...]}. */
  readonly split?: boolean | undefined;
  /** Reads barcodes and QR codes too, into `barcodes` of each page: a quarter of a second more a page. */
  readonly barcodes?: boolean | undefined;
  readonly pdf?: {
    /** auto: the text layer where it is good, else the pixels; never: the pixels; only: the text layer. Default: "auto". */
    readonly text: "auto" | "never" | "only";
  } | undefined;
  /** true: values that no page proves are left out of what is understood, not only marked. */
  readonly require_grounding?: boolean | undefined;
  /** true: a language model that takes pictures is shown the first 16 pages beside their text; `pictures` of what was understood says how many. */
  readonly vision?: boolean | undefined;
  /** false: every page is read anew, and none of this job is taken for a later one. Else a page of the same pixels, models and options that you had read before is not read again. */
  readonly cache?: boolean | undefined;
}

export interface JobOptionsInput {
  /** 0 to 9; higher goes first among the jobs of the same tenant. Default: 5. */
  readonly priority?: number | undefined;
  /** Models to read with, of those that are loaded; the default ones unless given. */
  readonly model?: string | undefined;
  /** accurate: fewest errors, the default; fast: less time on each page, more errors in small print. */
  readonly setting?: "accurate" | "fast" | undefined;
  /** Pages to read, "1-3,7", counted from 1 over all files in order, of which one that cannot be opened counts none; all unless given. */
  readonly pages?: string | undefined;
  /** Opens encrypted PDFs of this job. It is kept sealed and never shown. */
  readonly password?: string | undefined;
  /** true: each file becomes a job of its own, in order, all or none; the answer then is {"jobs": [...]}. */
  readonly split?: boolean | undefined;
  /** Reads barcodes and QR codes too, into `barcodes` of each page: a quarter of a second more a page. */
  readonly barcodes?: boolean | undefined;
  readonly pdf?: {
    /** auto: the text layer where it is good, else the pixels; never: the pixels; only: the text layer. Default: "auto". */
    readonly text?: "auto" | "never" | "only" | undefined;
  } | undefined;
  /** true: values that no page proves are left out of what is understood, not only marked. */
  readonly require_grounding?: boolean | undefined;
  /** true: a language model that takes pictures is shown the first 16 pages beside their text; `pictures` of what was understood says how many. */
  readonly vision?: boolean | undefined;
  /** false: every page is read anew, and none of this job is taken for a later one. Else a page of the same pixels, models and options that you had read before is not read again. */
  readonly cache?: boolean | undefined;
}

export type JobWebhookInput = {
  /** One of your endpoints: `/v1/webhooks`. */
  readonly id: string;
} | {
  /** Where the events of this job are sent, https. */
  readonly url: string;
  /** What they are signed with: "whsec_" and 24 to 64 bytes in base64. It is kept sealed. */
  readonly secret: string;
};

export interface Key {
  readonly id: string;
  readonly prefix: string;
  readonly name: string;
  readonly scopes: readonly ("read" | "write" | "admin" | "operator")[];
  readonly cache: boolean;
  readonly limits: TenantLimits;
  readonly created_at: string;
  readonly last_used_at: string | null;
  readonly expires_at: string | null;
  readonly revoked_at: string | null;
}

export interface KeyList {
  readonly keys: readonly Key[];
}

export interface Line {
  readonly text: string;
  readonly quad: Quad;
  readonly confidence: number;
  readonly words: readonly Word[];
}

export interface ModelVersion {
  readonly name: string;
  readonly sha256: string;
  readonly precision?: "float32" | "int8" | undefined;
}

export interface ModelVersions {
  readonly detection: ModelVersion;
  readonly orientation: ModelVersion;
  readonly recognition: ModelVersion;
}

export interface NewBatch {
  readonly id: string;
  readonly name: string | null;
  /** ended: each document that it has been given so far has ended; it runs again when it is given more. */
  readonly status: "empty" | "running" | "ended";
  /** Erased ones do not count. */
  readonly documents: {
    readonly total: number;
    readonly ended: number;
    readonly by_status: { readonly [Name in "queued" | "opening" | "reading" | "understanding" | "completed" | "partial" | "failed" | "cancelled" | "expired"]?: number };
  };
  /** total is null until every file has been opened. */
  readonly pages: {
    readonly total: number | null;
    readonly done: number;
    readonly failed: number;
  };
  /** Documents that have ended, of all. */
  readonly progress: number;
  readonly metadata: { readonly [name: string]: Json } | null;
  readonly created_at: string;
  readonly links: {
    readonly self: string;
    readonly jobs: string;
  };
  readonly jobs: readonly string[];
}

export interface NewKey {
  readonly id: string;
  readonly prefix: string;
  readonly name: string;
  readonly scopes: readonly ("read" | "write" | "admin" | "operator")[];
  readonly cache: boolean;
  readonly limits: TenantLimits;
  readonly created_at: string;
  readonly last_used_at: string | null;
  readonly expires_at: string | null;
  readonly revoked_at: string | null;
  readonly key: string;
}

export interface NewTenant {
  readonly id: string;
  readonly name: string;
  readonly limits: TenantLimits;
  readonly status: "active" | "suspended" | "erasing";
  readonly created_at: string;
  readonly key: NewKey;
}

export interface NewWebhook {
  readonly id: string;
  readonly url: string;
  readonly name: string;
  readonly events: readonly ("job.completed" | "job.partial" | "job.failed" | "job.cancelled" | "job.expired")[];
  readonly key_id: string | null;
  readonly only_named: boolean;
  readonly enabled: boolean;
  readonly disabled_at: string | null;
  /** by_call; gone: it answered 410; failing: nothing was delivered in the 24 hours that an event was tried. */
  readonly disabled_reason: string | null;
  /** When the first of those attempts was that failed since the last that did not. */
  readonly failing_since: string | null;
  readonly created_at: string;
  readonly secret: string;
}

export interface Page {
  /** From 1, over all files in order; null while a file before it waits to be opened. It never changes. */
  readonly number: number | null;
  readonly file_index: number;
  readonly file_frame: number;
  readonly status: "queued" | "done" | "failed";
  readonly attempts: number;
  readonly error: Failure | null;
  /** Time of the attempt that ended the page, from handing it to a reader to its answer. */
  readonly milliseconds: number | null;
  /** Milliseconds by stage. */
  readonly stages: { readonly [name: string]: number } | null;
  /** Whether the text was taken from an equal page that was read before. */
  readonly cached: boolean;
  readonly text: PageText | null;
}

export interface PageEntry {
  /** From 1, over all files in order; null while a file before it waits to be opened. It never changes. */
  readonly number: number | null;
  readonly file_index: number;
  readonly file_frame: number;
  readonly status: "queued" | "done" | "failed";
  readonly attempts: number;
  readonly error: Failure | null;
  /** Time of the attempt that ended the page, from handing it to a reader to its answer. */
  readonly milliseconds: number | null;
  /** Milliseconds by stage. */
  readonly stages: { readonly [name: string]: number } | null;
  /** Whether the text was taken from an equal page that was read before. */
  readonly cached: boolean;
}

export interface PageList {
  /** Of the job. */
  readonly status: "queued" | "opening" | "reading" | "understanding" | "completed" | "partial" | "failed" | "cancelled" | "expired";
  readonly pages_total: number | null;
  readonly pages_done: number;
  readonly pages_failed: number;
  readonly pages: readonly PageEntry[];
  readonly next_cursor: string | null;
}

export interface PageText {
  readonly width: number;
  readonly height: number;
  readonly source: "ocr" | "text-layer" | "mixed";
  readonly angle?: number | undefined;
  readonly blocks: readonly Block[];
  readonly tables?: readonly Table[] | undefined;
  readonly blanks?: readonly Blank[] | undefined;
  readonly checkboxes?: readonly Checkbox[] | undefined;
  readonly barcodes?: readonly Barcode[] | undefined;
  readonly models: ModelVersions | null;
}

export type Point = readonly [number, number];

export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: "bad_request" | "malformed_json" | "malformed_multipart" | "invalid_options" | "metadata_too_large" | "no_files" | "too_many_files" | "unauthorized" | "caller_unproven" | "forbidden" | "sign_in_refused" | "sign_in_link_spent" | "too_many_sign_ins" | "origin_refused" | "console_not_built" | "not_found" | "job_not_found" | "page_not_found" | "batch_not_found" | "erasure_not_found" | "table_not_found" | "key_not_found" | "tenant_not_found" | "tenant_suspended" | "own_tenant" | "too_many_requests" | "page_budget_spent" | "webhook_not_found" | "delivery_not_found" | "too_many_webhooks" | "webhook_disabled" | "webhook_url_refused" | "method_not_allowed" | "not_acceptable" | "result_not_ready" | "page_not_ready" | "image_not_made" | "image_not_ready" | "job_still_running" | "job_already_ended" | "job_cancelled" | "deadline_missed" | "batch_full" | "idempotency_key_in_use" | "idempotency_key_reused" | "idempotency_answer_withheld" | "nothing_to_retry" | "body_too_large" | "file_too_large" | "job_too_large" | "unsupported_media_type" | "request_timeout" | "headers_too_large" | "refused_by_proxy" | "service_unreachable" | "file_empty" | "file_type_unsupported" | "file_undecodable" | "file_truncated" | "too_many_pixels" | "too_many_pages" | "deadline_unreachable" | "url_refused" | "url_unreachable" | "url_timeout" | "url_without_file" | "url_input_off" | "password_needed" | "password_wrong" | "no_such_pages" | "page_too_complex" | "model_not_loaded" | "page_poisonous" | "page_timeout" | "attempts_exhausted" | "lease_lost" | "all_pages_failed" | "llm_unavailable" | "llm_timeout" | "llm_answer_invalid" | "llm_refused" | "llm_context_exceeded" | "llm_misconfigured" | "nothing_to_understand" | "form_not_understood" | "nothing_filled" | "document_too_long" | "understanding_lost" | "internal" | "blob_damaged" | "master_key_missing" | "blob_missing" | "tenant_queue_full" | "queue_full" | "larger_than_queue" | "gateway_busy" | "memory_low" | "disk_low" | "readers_busy" | "database_unavailable" | "identity_unavailable" | "queue_unavailable" | "storage_unavailable" | "models_unavailable" | "model_download_failed" | "model_damaged" | "provider_unavailable" | "shutting_down";
  readonly retryable: boolean;
  readonly request_id?: string | undefined;
}

export interface Progress {
  /** The same as pages_done. */
  readonly pages_read: number;
  readonly pages_total: number | null;
  /** Units of work that go before the next one of this job, counted no further than 100; 0 while one of it is in hand. Null for ended jobs, and in lists and results. */
  readonly position: number | null;
  /** Estimate, from the rate at which pages are read just now, of the seconds until the job ends. Null where position is, and where it is not known. */
  readonly eta_seconds: number | null;
}

export type Quad = readonly [Point, Point, Point, Point];

export interface QueuedDelivery {
  /** Of the event: the header webhook-id. */
  readonly id: string;
}

export interface Result {
  readonly job: Job;
  readonly pages: readonly Page[];
  /** What was understood; null where nothing was asked, or it failed. */
  readonly extraction: Understanding | null;
}

export interface RotateWebhookInput {
  /** For so long every event is signed with the secret before, too. Default: 86400. */
  readonly keep_old_seconds?: number | undefined;
}

export type SignInInput = {
  /** An API key. */
  readonly key: string;
} | {
  /** The end of a link that signs in once. */
  readonly code: string;
};

export interface Split {
  readonly jobs: readonly Job[];
}

export interface SubmitInput {
  /** At least one, but for the task fill, which takes none. Default: []. */
  readonly files?: readonly ({
    /** "file", or what its host calls it, unless given. */
    readonly name?: string | undefined;
    /** The bytes of the file in base64, without a data: prefix. */
    readonly content?: string | undefined;
    /** In place of content: where the file is fetched from, https on port 443 of a public host. */
    readonly url?: string | undefined;
  })[] | undefined;
  readonly options?: JobOptionsInput | undefined;
  /** Your own JSON object, at most 2048 bytes; echoed in results and lists. */
  readonly metadata?: { readonly [name: string]: Json } | undefined;
  /** Id of a batch of yours that the job goes into. */
  readonly batch?: string | undefined;
  /** RFC 3339. What is not done by then is given up: the job ends as expired, and pages that were read stay. Refused where it cannot be met. */
  readonly deadline?: string | undefined;
  /** The job is erased so long after its end; as long as is usual for your tenant unless given. */
  readonly retention_seconds?: number | undefined;
  readonly webhook?: JobWebhookInput | undefined;
  /** doc: title, tags, description and key-values; form: the same and its blanks; fill: a form from a library; extract: the fields of a schema; classify: its kind. */
  readonly task?: "doc" | "form" | "fill" | "extract" | "classify" | undefined;
  /** Of extract: a JSON Schema, draft 2020-12, of objects, arrays and scalars. */
  readonly schema?: { readonly [name: string]: Json } | undefined;
  /** Of classify: the kinds there are; a list of common ones unless given. */
  readonly labels?: readonly string[] | undefined;
  /** Of fill: a form, as a job with the task form gave it. */
  readonly form?: { readonly [name: string]: Json } | undefined;
  /** What is known already: of fill the source of values, else what may be related. Default: []. */
  readonly library?: readonly ({
    readonly type: "doc" | "form";
    readonly id: string;
    readonly title: string;
    /** Default: []. */
    readonly tags?: readonly string[] | undefined;
    /** Default: "". */
    readonly description?: string | undefined;
    /** Default: null. */
    readonly date?: string | null | undefined;
    /** Default: {}. */
    readonly kv?: { readonly [name: string]: string } | undefined;
  })[] | undefined;
}

export interface System {
  readonly at: string;
  readonly checks: {
    readonly database: {
      readonly status: "ok" | "failed";
      /** That the check took. */
      readonly milliseconds: number;
    };
    readonly queue: {
      readonly status: "ok" | "failed";
      /** That the check took. */
      readonly milliseconds: number;
    };
    readonly storage: {
      readonly status: "ok" | "failed";
      /** That the check took. */
      readonly milliseconds: number;
    };
  };
  readonly queue: {
    readonly kind: "redis" | "postgres";
  };
  readonly database: {
    /** Of this database, indexes included. */
    readonly bytes: number;
  };
  readonly storage: {
    readonly kind: "disk" | "s3";
    /** null where nobody can say, as with S3. */
    readonly free_bytes: number | null;
    /** Below, submits are refused. */
    readonly least_free_bytes: number;
  };
  /** Checked at most every 30 s; null: rules understand. */
  readonly llm: {
    readonly status: "ok" | "failed";
    /** That the check took. */
    readonly milliseconds: number;
    readonly model: string;
    readonly host: string;
  } | null;
  readonly lanes: {
    /** Files to open and pages to read. */
    readonly read: {
      /** Units that nobody has in hand; counted no further than 100,000. */
      readonly waiting: number;
      readonly in_hand: number;
      /** Since the oldest waiting one was submitted; 0 when none waits. */
      readonly oldest_waiting_seconds: number;
    };
    /** Jobs to understand. */
    readonly understand: {
      /** Units that nobody has in hand; counted no further than 100,000. */
      readonly waiting: number;
      readonly in_hand: number;
      /** Since the oldest waiting one was submitted; 0 when none waits. */
      readonly oldest_waiting_seconds: number;
    };
  };
  /** Until what waits and is in hand is read, at the measured rate; null while no reader has one. */
  readonly backlog_seconds: number | null;
  /** What all readers together read, as they measured it last. */
  readonly pages_per_second: number | null;
  /** Of the workers below. */
  readonly readers: number;
  readonly workers: readonly ({
    readonly name: string;
    readonly readers: number;
    /** For one page in one reader. */
    readonly page_milliseconds: number | null;
    readonly seen_at: string;
    /** Of DocuSnap. */
    readonly version: string | null;
    readonly models: readonly string[];
    /** Where the models run: cpu, cuda. */
    readonly provider: string | null;
  })[];
  /** Of jobs that ended since midnight by UTC, of all tenants. */
  readonly today: {
    readonly jobs: number;
    readonly jobs_failed: number;
    readonly pages: number;
    readonly pages_failed: number;
  };
  readonly tenants: {
    readonly all: number;
    readonly suspended: number;
    readonly erasing: number;
  };
  readonly versions: {
    readonly docusnap: string;
    /** The last migration. */
    readonly schema: string;
    readonly postgresql: string;
    readonly node: string;
  };
}

export interface Table {
  readonly quad: Quad;
  readonly ruled: boolean;
  readonly rows: number;
  readonly columns: number;
  readonly cells: readonly TableCell[];
}

export interface TableCell {
  readonly row: number;
  readonly column: number;
  readonly row_span: number;
  readonly column_span: number;
  readonly quad: Quad;
  readonly text: string;
}

export interface Tenant {
  readonly id: string;
  readonly name: string;
  readonly limits: TenantLimits;
  readonly status: "active" | "suspended" | "erasing";
  readonly created_at: string;
}

export interface TenantLimits {
  /** Requests in any minute, over all gateways. */
  readonly requests_per_minute?: number | undefined;
  /** Pages read in a day, by UTC. */
  readonly pages_per_day?: number | undefined;
  /** Files to open and pages to read that may wait at a time; further submits are refused until fewer do. */
  readonly waiting_units?: number | undefined;
  /** Bytes of the files of jobs that have not ended. */
  readonly bytes_waiting?: number | undefined;
  /** How long jobs are kept after their end unless they say otherwise. */
  readonly retention_seconds?: number | undefined;
}

export interface TenantLimitsInput {
  /** Requests in any minute, over all gateways. */
  readonly requests_per_minute?: number | undefined;
  /** Pages read in a day, by UTC. */
  readonly pages_per_day?: number | undefined;
  /** Files to open and pages to read that may wait at a time; further submits are refused until fewer do. */
  readonly waiting_units?: number | undefined;
  /** Bytes of the files of jobs that have not ended. */
  readonly bytes_waiting?: number | undefined;
  /** How long jobs are kept after their end unless they say otherwise. */
  readonly retention_seconds?: number | undefined;
}

export interface TenantList {
  readonly tenants: readonly Tenant[];
  readonly next_cursor: string | null;
}

export interface Understanding {
  readonly task: "doc" | "form" | "fill" | "extract" | "classify";
  readonly engine: "model" | "rules";
  readonly model: string | null;
  readonly result: FormResult | DocResult | ClassifyResult | FillResult | null;
  readonly fields: { readonly [name: string]: ExtractedField };
  readonly problems: { readonly [name: string]: string };
  readonly blanks: readonly FormBlank[];
  readonly usage: {
    readonly prompt_tokens: number;
    readonly completion_tokens: number;
  };
  /** Of options.vision: how many pages the model was shown. */
  readonly pictures?: number | undefined;
  /** Taken from an earlier job with the same request and pages. */
  readonly cached?: boolean | undefined;
}

export interface Understood {
  /** What was asked; null where nothing was. */
  readonly task: "doc" | "form" | "fill" | "extract" | "classify" | null;
  readonly status: "waiting" | "queued" | "done" | "failed" | null;
  readonly error: Failure | null;
  /** What was understood; null while that is not done, and where it failed. */
  readonly extraction: Understanding | null;
}

export interface Usage {
  /** By UTC, of the end of the jobs; null unless grouped by day. */
  readonly day: string | null;
  /** Null unless grouped by key, and for jobs that came without one. */
  readonly key_id: string | null;
  /** Never less than zero over the whole life of a job; a day on which failed pages were read again may be. */
  readonly jobs: number;
  /** Never less than zero over the whole life of a job; a day on which failed pages were read again may be. */
  readonly jobs_failed: number;
  /** Never less than zero over the whole life of a job; a day on which failed pages were read again may be. */
  readonly files: number;
  /** Of the files. */
  readonly bytes: number;
  /** Read, those from the cache included. */
  readonly pages: number;
  /** Never less than zero over the whole life of a job; a day on which failed pages were read again may be. */
  readonly pages_failed: number;
  /** Taken over from the cache. */
  readonly pages_cached: number;
  /** Of all questions to a language model, those of failed attempts included. */
  readonly prompt_tokens: number;
  /** Never less than zero over the whole life of a job; a day on which failed pages were read again may be. */
  readonly completion_tokens: number;
}

export interface UsageList {
  readonly from: string;
  readonly to: string;
  readonly usage: readonly Usage[];
}

export interface Webhook {
  readonly id: string;
  readonly url: string;
  readonly name: string;
  readonly events: readonly ("job.completed" | "job.partial" | "job.failed" | "job.cancelled" | "job.expired")[];
  readonly key_id: string | null;
  readonly only_named: boolean;
  readonly enabled: boolean;
  readonly disabled_at: string | null;
  /** by_call; gone: it answered 410; failing: nothing was delivered in the 24 hours that an event was tried. */
  readonly disabled_reason: string | null;
  /** When the first of those attempts was that failed since the last that did not. */
  readonly failing_since: string | null;
  readonly created_at: string;
}

export interface WebhookList {
  readonly webhooks: readonly Webhook[];
}

export interface Word {
  readonly text: string;
  readonly quad: Quad;
  readonly confidence: number;
}

/** What each call takes and answers; where an answer has no JSON, `undefined`. */
export interface Operations {
  /** Erase a batch and its jobs: their files, their texts and their rows */
  delete_v1_batches_id: {
    readonly parts: { readonly id: string };
    readonly query: object;
    readonly body: undefined;
    readonly answer: undefined;
  };
  /** Sign out of the console */
  delete_v1_console_session: {
    readonly parts: object;
    readonly query: object;
    readonly body: undefined;
    readonly answer: undefined;
  };
  /** Erase a job: its files, its texts, its rows and its key; with Prefer: return=representation the answer is the receipt */
  delete_v1_jobs_id: {
    readonly parts: { readonly id: string };
    readonly query: object;
    readonly body: undefined;
    readonly answer: Erasure | undefined;
  };
  /** Revoke an API key */
  delete_v1_keys_id: {
    readonly parts: { readonly id: string };
    readonly query: object;
    readonly body: undefined;
    readonly answer: undefined;
  };
  /** Erase a tenant with all it has; it cannot be undone */
  delete_v1_tenants_id: {
    readonly parts: { readonly id: string };
    readonly query: object;
    readonly body: undefined;
    readonly answer: Tenant;
  };
  /** Remove an endpoint; what waits for it is not sent */
  delete_v1_webhooks_id: {
    readonly parts: { readonly id: string };
    readonly query: object;
    readonly body: undefined;
    readonly answer: undefined;
  };
  /** Who did what: calls that change something, and refusals */
  get_v1_audit: {
    readonly parts: object;
    readonly query: { readonly from?: string | undefined; readonly to?: string | undefined; readonly all?: "true" | "false" | undefined; readonly limit?: number | undefined; readonly cursor?: string | undefined };
    readonly body: undefined;
    readonly answer: AuditList;
  };
  /** List batches, the newest first */
  get_v1_batches: {
    readonly parts: object;
    readonly query: { readonly limit?: number | undefined; readonly cursor?: string | undefined };
    readonly body: undefined;
    readonly answer: BatchList;
  };
  /** How far a batch is; with wait once all documents that it has been given have ended */
  get_v1_batches_id: {
    readonly parts: { readonly id: string };
    readonly query: { readonly wait?: number | undefined };
    readonly body: undefined;
    readonly answer: Batch;
  };
  /** Who is signed in to the console in this browser */
  get_v1_console_session: {
    readonly parts: object;
    readonly query: object;
    readonly body: undefined;
    readonly answer: ConsoleSession;
  };
  /** The receipt of an erased job, by its id: when, why, by which key, what there was, and when the last of it was gone */
  get_v1_erasures_id: {
    readonly parts: { readonly id: string };
    readonly query: object;
    readonly body: undefined;
    readonly answer: Erasure;
  };
  /** List jobs, the newest first */
  get_v1_jobs: {
    readonly parts: object;
    readonly query: { readonly status?: "queued" | "opening" | "reading" | "understanding" | "completed" | "partial" | "failed" | "cancelled" | "expired" | undefined; readonly batch?: string | undefined; readonly name?: string | undefined; readonly created_after?: string | undefined; readonly created_before?: string | undefined; readonly limit?: number | undefined; readonly cursor?: string | undefined };
    readonly body: undefined;
    readonly answer: JobList;
  };
  /** Poll a job; with wait until it ends, or with If-None-Match until it changes */
  get_v1_jobs_id: {
    readonly parts: { readonly id: string };
    readonly query: { readonly wait?: number | undefined };
    readonly body: undefined;
    readonly answer: Job;
  };
  /** Whom a job told of its end, and how they answered */
  get_v1_jobs_id_deliveries: {
    readonly parts: { readonly id: string };
    readonly query: { readonly limit?: number | undefined; readonly cursor?: string | undefined };
    readonly body: undefined;
    readonly answer: DeliveryList;
  };
  /** Server-sent events: job and page, resumable with Last-Event-ID */
  get_v1_jobs_id_events: {
    readonly parts: { readonly id: string };
    readonly query: object;
    readonly body: undefined;
    readonly answer: undefined;
  };
  /** What was understood of a job, without its pages */
  get_v1_jobs_id_extractions: {
    readonly parts: { readonly id: string };
    readonly query: object;
    readonly body: undefined;
    readonly answer: Understood;
  };
  /** List the pages of a job without their texts, those of one status if asked, also while it runs */
  get_v1_jobs_id_pages: {
    readonly parts: { readonly id: string };
    readonly query: { readonly status?: "queued" | "done" | "failed" | undefined; readonly limit?: number | undefined; readonly cursor?: string | undefined };
    readonly body: undefined;
    readonly answer: PageList;
  };
  /** One page, from 1, in the formats of a result, also while others are still read */
  get_v1_jobs_id_pages_n: {
    readonly parts: { readonly id: string; readonly n: number };
    readonly query: { readonly format?: "json" | "text" | "markdown" | "hocr" | "alto" | "tsv" | "pdf" | undefined };
    readonly body: undefined;
    readonly answer: Page;
  };
  /** A picture of one page for viewers, upright as its text is, in one of two sizes */
  get_v1_jobs_id_pages_n_image: {
    readonly parts: { readonly id: string; readonly n: number };
    readonly query: { readonly width?: number | undefined };
    readonly body: undefined;
    readonly answer: undefined;
  };
  /** A table of one page, from 1, as CSV (RFC 4180), also while other pages are still read */
  get_v1_jobs_id_pages_n_tables_k_csv: {
    readonly parts: { readonly id: string; readonly n: number; readonly k: number };
    readonly query: object;
    readonly body: undefined;
    readonly answer: undefined;
  };
  /** The result of an ended job: JSON, text, Markdown, hOCR, ALTO, TSV or a searchable PDF */
  get_v1_jobs_id_result: {
    readonly parts: { readonly id: string };
    readonly query: { readonly format?: "json" | "text" | "markdown" | "hocr" | "alto" | "tsv" | "pdf" | undefined; readonly filled?: string | undefined };
    readonly body: undefined;
    readonly answer: Result;
  };
  /** List the API keys of the tenant */
  get_v1_keys: {
    readonly parts: object;
    readonly query: object;
    readonly body: undefined;
    readonly answer: KeyList;
  };
  /** Whether the installation keeps up: what waits, how fast it is read, what can be reached */
  get_v1_system: {
    readonly parts: object;
    readonly query: object;
    readonly body: undefined;
    readonly answer: System;
  };
  /** List the tenants */
  get_v1_tenants: {
    readonly parts: object;
    readonly query: { readonly limit?: number | undefined; readonly cursor?: string | undefined };
    readonly body: undefined;
    readonly answer: TenantList;
  };
  /** A tenant */
  get_v1_tenants_id: {
    readonly parts: { readonly id: string };
    readonly query: object;
    readonly body: undefined;
    readonly answer: Tenant;
  };
  /** Jobs, pages, bytes and tokens by day, by key or both */
  get_v1_usage: {
    readonly parts: object;
    readonly query: { readonly from?: string | undefined; readonly to?: string | undefined; readonly group_by?: "day" | "key" | "day,key" | "none" | undefined };
    readonly body: undefined;
    readonly answer: UsageList;
  };
  /** List the endpoints of the tenant */
  get_v1_webhooks: {
    readonly parts: object;
    readonly query: object;
    readonly body: undefined;
    readonly answer: WebhookList;
  };
  /** Show an endpoint: whether it is enabled, and why it is not */
  get_v1_webhooks_id: {
    readonly parts: { readonly id: string };
    readonly query: object;
    readonly body: undefined;
    readonly answer: Webhook;
  };
  /** What was sent to an endpoint, and how it answered */
  get_v1_webhooks_id_deliveries: {
    readonly parts: { readonly id: string };
    readonly query: { readonly limit?: number | undefined; readonly cursor?: string | undefined };
    readonly body: undefined;
    readonly answer: DeliveryList;
  };
  /** Change the name, the expiry or the limits of an API key */
  patch_v1_keys_id: {
    readonly parts: { readonly id: string };
    readonly query: object;
    readonly body: ChangeKeyInput;
    readonly answer: Key;
  };
  /** Change the name or the limits of a tenant, suspend it or let it in again */
  patch_v1_tenants_id: {
    readonly parts: { readonly id: string };
    readonly query: object;
    readonly body: ChangeTenantInput;
    readonly answer: Tenant;
  };
  /** Change, disable or enable an endpoint */
  patch_v1_webhooks_id: {
    readonly parts: { readonly id: string };
    readonly query: object;
    readonly body: ChangeWebhookInput;
    readonly answer: Webhook;
  };
  /** Make a batch of up to 1,000 documents, each a job; or an empty one, to be given them by the field batch of POST /v1/jobs */
  post_v1_batches: {
    readonly parts: object;
    readonly query: object;
    readonly body: CreateBatchInput;
    readonly answer: NewBatch;
  };
  /** Cancel every job of a batch that runs */
  post_v1_batches_id_cancel: {
    readonly parts: { readonly id: string };
    readonly query: object;
    readonly body: undefined;
    readonly answer: Batch;
  };
  /** Make a link that signs a browser in to the console once, as this key */
  post_v1_console_links: {
    readonly parts: object;
    readonly query: object;
    readonly body: undefined;
    readonly answer: ConsoleLink;
  };
  /** Sign in to the console; the answer sets a cookie that stands for the key */
  post_v1_console_session: {
    readonly parts: object;
    readonly query: object;
    readonly body: SignInInput;
    readonly answer: ConsoleSession;
  };
  /** Submit files as a job */
  post_v1_jobs: {
    readonly parts: object;
    readonly query: { readonly wait?: number | undefined };
    readonly body: SubmitInput;
    readonly answer: Job | Split;
  };
  /** Stop a job: what waits is dropped, readers that have a page of it in hand are free at most a page later */
  post_v1_jobs_id_cancel: {
    readonly parts: { readonly id: string };
    readonly query: object;
    readonly body: undefined;
    readonly answer: Job;
  };
  /** Understand the pages of an ended job, without reading them again */
  post_v1_jobs_id_extractions: {
    readonly parts: { readonly id: string };
    readonly query: object;
    readonly body: ExtractionInput;
    readonly answer: Job;
  };
  /** Read the failed pages of an ended job again, and open its failed files again; also of one that was cancelled or has expired */
  post_v1_jobs_id_retry: {
    readonly parts: { readonly id: string };
    readonly query: object;
    readonly body: undefined;
    readonly answer: Job;
  };
  /** Make an API key; the answer is the only time it is shown */
  post_v1_keys: {
    readonly parts: object;
    readonly query: object;
    readonly body: CreateKeyInput;
    readonly answer: NewKey;
  };
  /** Make a tenant and its first key; the answer is the only time the key is shown */
  post_v1_tenants: {
    readonly parts: object;
    readonly query: object;
    readonly body: CreateTenantInput;
    readonly answer: NewTenant;
  };
  /** Add an endpoint that is told of ended jobs; the answer is the only time its secret is shown */
  post_v1_webhooks: {
    readonly parts: object;
    readonly query: object;
    readonly body: CreateWebhookInput;
    readonly answer: NewWebhook;
  };
  /** Send an event again */
  post_v1_webhooks_deliveries_id_redeliver: {
    readonly parts: { readonly id: string };
    readonly query: object;
    readonly body: undefined;
    readonly answer: QueuedDelivery;
  };
  /** Give an endpoint a new secret; for a while events are signed with the one before, too */
  post_v1_webhooks_id_rotate: {
    readonly parts: { readonly id: string };
    readonly query: object;
    readonly body: RotateWebhookInput;
    readonly answer: NewWebhook;
  };
  /** Send the endpoint an event of the type webhook.ping */
  post_v1_webhooks_id_test: {
    readonly parts: { readonly id: string };
    readonly query: object;
    readonly body: undefined;
    readonly answer: QueuedDelivery;
  };
}

/** Method and path of each call. */
export const CALLS = {
  delete_v1_batches_id: ['DELETE', '/v1/batches/{id}'],
  delete_v1_console_session: ['DELETE', '/v1/console/session'],
  delete_v1_jobs_id: ['DELETE', '/v1/jobs/{id}'],
  delete_v1_keys_id: ['DELETE', '/v1/keys/{id}'],
  delete_v1_tenants_id: ['DELETE', '/v1/tenants/{id}'],
  delete_v1_webhooks_id: ['DELETE', '/v1/webhooks/{id}'],
  get_v1_audit: ['GET', '/v1/audit'],
  get_v1_batches: ['GET', '/v1/batches'],
  get_v1_batches_id: ['GET', '/v1/batches/{id}'],
  get_v1_console_session: ['GET', '/v1/console/session'],
  get_v1_erasures_id: ['GET', '/v1/erasures/{id}'],
  get_v1_jobs: ['GET', '/v1/jobs'],
  get_v1_jobs_id: ['GET', '/v1/jobs/{id}'],
  get_v1_jobs_id_deliveries: ['GET', '/v1/jobs/{id}/deliveries'],
  get_v1_jobs_id_events: ['GET', '/v1/jobs/{id}/events'],
  get_v1_jobs_id_extractions: ['GET', '/v1/jobs/{id}/extractions'],
  get_v1_jobs_id_pages: ['GET', '/v1/jobs/{id}/pages'],
  get_v1_jobs_id_pages_n: ['GET', '/v1/jobs/{id}/pages/{n}'],
  get_v1_jobs_id_pages_n_image: ['GET', '/v1/jobs/{id}/pages/{n}/image'],
  get_v1_jobs_id_pages_n_tables_k_csv: ['GET', '/v1/jobs/{id}/pages/{n}/tables/{k}.csv'],
  get_v1_jobs_id_result: ['GET', '/v1/jobs/{id}/result'],
  get_v1_keys: ['GET', '/v1/keys'],
  get_v1_system: ['GET', '/v1/system'],
  get_v1_tenants: ['GET', '/v1/tenants'],
  get_v1_tenants_id: ['GET', '/v1/tenants/{id}'],
  get_v1_usage: ['GET', '/v1/usage'],
  get_v1_webhooks: ['GET', '/v1/webhooks'],
  get_v1_webhooks_id: ['GET', '/v1/webhooks/{id}'],
  get_v1_webhooks_id_deliveries: ['GET', '/v1/webhooks/{id}/deliveries'],
  patch_v1_keys_id: ['PATCH', '/v1/keys/{id}'],
  patch_v1_tenants_id: ['PATCH', '/v1/tenants/{id}'],
  patch_v1_webhooks_id: ['PATCH', '/v1/webhooks/{id}'],
  post_v1_batches: ['POST', '/v1/batches'],
  post_v1_batches_id_cancel: ['POST', '/v1/batches/{id}/cancel'],
  post_v1_console_links: ['POST', '/v1/console/links'],
  post_v1_console_session: ['POST', '/v1/console/session'],
  post_v1_jobs: ['POST', '/v1/jobs'],
  post_v1_jobs_id_cancel: ['POST', '/v1/jobs/{id}/cancel'],
  post_v1_jobs_id_extractions: ['POST', '/v1/jobs/{id}/extractions'],
  post_v1_jobs_id_retry: ['POST', '/v1/jobs/{id}/retry'],
  post_v1_keys: ['POST', '/v1/keys'],
  post_v1_tenants: ['POST', '/v1/tenants'],
  post_v1_webhooks: ['POST', '/v1/webhooks'],
  post_v1_webhooks_deliveries_id_redeliver: ['POST', '/v1/webhooks/deliveries/{id}/redeliver'],
  post_v1_webhooks_id_rotate: ['POST', '/v1/webhooks/{id}/rotate'],
  post_v1_webhooks_id_test: ['POST', '/v1/webhooks/{id}/test'],
} as const satisfies Record<keyof Operations, readonly [string, string]>;

/** Names of errors that answers, jobs, files and pages bear. */
export type ErrorCode = Problem['code'];
