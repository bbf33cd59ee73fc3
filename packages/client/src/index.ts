export type { BatchOptions } from './batches.ts';
export { type DocuSnap, openDocuSnap } from './docusnap.ts';
export {
  DocuSnapV1Error,
  type DocuSnapV1Options,
  openDocuSnapV1,
  type SealedTask,
  type V1CallOptions,
  type V1Type,
} from './docusnap-v1.ts';
export { type ClientErrorCode, DocuSnapError, isDocuSnapError } from './errors.ts';
export type { Issue } from './extract/check.ts';
export type { Extraction, ExtractOptions, Found, Proofs } from './extract/extract.ts';
export type { FromJsonSchema, JsonSchema, StandardSchema, Wanted, WantedSchema } from './extract/schemas.ts';
export type {
  AuditEntry,
  Barcode,
  Batch,
  Blank,
  Block,
  Checkbox,
  Delivery,
  Erasure,
  ErrorCode,
  Evidence,
  ExtractedField,
  Failure,
  File as JobFile,
  Job,
  JobOptions,
  Json,
  Key,
  Line,
  NewBatch,
  NewKey,
  NewWebhook,
  Operations,
  Page,
  PageEntry,
  PageText,
  Point,
  Quad,
  Result,
  System,
  Table,
  TableCell,
  Understanding,
  Usage,
  Webhook,
  Word,
} from './generated/api.ts';
export type { CallInput, CallOptions, SendOptions } from './http/call.ts';
export type { HttpOptions as DocuSnapOptions } from './http/http.ts';
export type { Listing } from './http/listing.ts';
export type { FileData, FileInput } from './input/file-input.ts';
export { hasEnded } from './jobs/ended.ts';
export { FORMATS, type Format } from './jobs/result.ts';
export type { JobEvent } from './jobs/stream.ts';
export type { SubmitOptions } from './jobs/submit.ts';
export type { WaitOptions } from './jobs/wait.ts';
export type { Reading, ReadingFailure, ReadOptions } from './read.ts';
export {
  type ReceivedWebhook,
  type VerifyOptions,
  verifyWebhook,
  type WebhookEvent,
  WebhookVerificationError,
} from './webhooks/verify.ts';
