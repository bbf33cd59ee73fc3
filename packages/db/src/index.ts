export {
  type AuditEntry,
  type AuditFilter,
  listAudit,
  listAuditOfAll,
  type StoredAuditEntry,
  writeAudit,
} from './audit.ts';
export {
  type Backlog,
  type BacklogLimits,
  countBacklog,
  readBacklog,
  refuseIfFull,
  setBacklogLimits,
} from './backlog.ts';
export { batchJobs, cancelBatch, eraseBatch, listBatches, type NewBatch, pollBatch } from './batches.ts';
export { busiestTenants, type TenantLoad } from './busiest-tenants.ts';
export { type CachedPage, findCachedPage, findCachedUnderstanding, rememberUnderstanding } from './cache.ts';
export { findCaller, findTenantCaller, type Granted, takeRequests } from './callers.ts';
export { changeSettings, type Settings } from './change-settings.ts';
export { claimUnit, claimUnitMarking, heldUnits, renewUnits } from './claim.ts';
export {
  type ConnectionCounts,
  closeDatabase,
  connectionCounts,
  type Database,
  type DatabaseOptions,
  openDatabase,
  pingDatabase,
} from './connection.ts';
export {
  closeConsoleSession,
  dropEndedSessions,
  findSessionCaller,
  makeConsoleLink,
  openConsoleSession,
  type SessionCaller,
  type SessionKey,
  type SessionSpan,
  spendConsoleLink,
} from './console-sessions.ts';
export { type WorkCounts, workCounts } from './counts.ts';
export { finishErasure, finishErasures, readErasure, takeErasures } from './erasures.ts';
export { isRefusedForGood } from './errors.ts';
export {
  type CreateOptions,
  cancelJob,
  createJob,
  createJobs,
  eraseJob,
  type JobTerms,
  type JobVersion,
  jobVersions,
  type NewFile,
  type NewJob,
  pollJob,
  versionAhead,
} from './jobs.ts';
export {
  changeKey,
  createKey,
  ensureBootstrapTenant,
  type KeyChange,
  type KeyOwner,
  listKeys,
  type NewKey,
  revokeKey,
} from './keys.ts';
export type { UnitCounts } from './lanes.ts';
export { type JobCursor, type JobFilter, listJobs } from './list.ts';
export { type JobListener, type ListenOptions, listenForJobs, listenForStopped, type OnJob } from './listen.ts';
export { migrate } from './migrate.ts';
export {
  abandonOnce,
  type Begun,
  beginOnce,
  type DoneRequest,
  finishOnce,
  type HeldRequest,
  type Made,
  renewOnce,
  type SealedAnswer,
} from './once.ts';
export { listPages, type PageCursor, type PageFilter, type PageList } from './page-list.ts';
export { jobKey, pagesSince, readPageRow, type SealedPage, streamPages } from './pages.ts';
export { type KeptPartitions, keepPartitions } from './partitions.ts';
export { jobProgress, type ReadingRate, reportRate, type WorkerAbout, withdrawRate } from './progress.ts';
export { markRenditions, type PageImageRow, type RenditionMark, readPageImageRow } from './renditions.ts';
export { openReplica, type Replica, type ReplicaOptions, readEither } from './replica.ts';
export { expireJobs, fillExpiries, keepJobsFor, takeTurn, withoutJob } from './retention.ts';
export { retryJob } from './retry.ts';
export { ensureDatabase, ensureRoles, type RolePasswords } from './roles.ts';
export {
  failFile,
  failPage,
  type HeldUnit,
  type ReaderDeath,
  releaseUnit,
  saveOpenedFile,
  savePage,
} from './save.ts';
export { isMigrated, newestMigration } from './schema-version.ts';
export { type Swept, sweep } from './sweep.ts';
export { readSystem, type SystemState } from './system.ts';
export {
  changeTenant,
  createTenant,
  eraseTenants,
  listTenants,
  readTenant,
  startErasingTenant,
  type Tenant,
  type TenantChange,
  type TenantCursor,
} from './tenants.ts';
export {
  awaitsUnderstanding,
  claimUnderstanding,
  failUnderstanding,
  type HeldUnderstanding,
  jobTrace,
  readUnderstanding,
  releaseUnderstanding,
  renewUnderstandings,
  type SealedUnderstanding,
  saveUnderstanding,
  type UnderstandingUnit,
  understandJob,
} from './understandings.ts';
export { dropOldBudgets, readUsage, rollUpUsage, type Usage, type UsageSpan } from './usage.ts';
export {
  clearV1Tasks,
  dropOldV1Tasks,
  ensureV1Tenant,
  erasableV1Jobs,
  forgetV1Jobs,
  type NewV1Task,
  pollV1Task,
  resumeV1Job,
  runningV1Tasks,
  settleV1Task,
  submitV1Task,
  type UnsettledV1Task,
  unsettledV1Tasks,
  V1_TENANT_ID,
  V1_TYPES,
  type V1Answer,
  type V1Outcome,
  type V1Running,
  type V1Selection,
  type V1Task,
  type V1TaskKey,
  type V1Type,
  v1JobsOfClient,
} from './v1-tasks.ts';
export {
  changeWebhook,
  createWebhook,
  deleteWebhook,
  listWebhooks,
  type NewWebhook,
  pingWebhook,
  readWebhook,
  rotateWebhookSecret,
  type WebhookChange,
  type WebhookSecretKey,
} from './webhooks.ts';
export { type DeliveryCursor, type DeliveryFilter, listDeliveries, redeliver } from './webhooks-log.ts';
export {
  type AttemptEnd,
  type ClaimedEvent,
  type ClaimLimits,
  claimEvents,
  type EventTarget,
  finishEvent,
  type HeldEvent,
  releaseEvent,
  type SweptEvents,
  sweepEvents,
  waitingEvents,
} from './webhooks-outbox.ts';
export {
  countWrappedKeys,
  nextOldKeys,
  type OldKey,
  type RewrappedKey,
  saveRewrappedKeys,
  WRAPPED_PLACES,
  type WrappedCount,
  type WrappedPlace,
} from './wrapped-keys.ts';
