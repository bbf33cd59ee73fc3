export { type CachedPage, findCachedPage } from './cache.ts';
export { claimUnit, renewUnits } from './claim.ts';
export { closeDatabase, type Database, type DatabaseOptions, openDatabase, pingDatabase } from './connection.ts';
export { type UnitCounts, unitCounts } from './counts.ts';
export { isRefusedForGood } from './errors.ts';
export {
  createJob,
  createJobs,
  eraseJob,
  type JobVersion,
  jobVersions,
  type NewFile,
  type NewJob,
  pollJob,
} from './jobs.ts';
export { createKey, ensureBootstrapTenant, findCaller, listKeys, type NewKey, revokeKey } from './keys.ts';
export { type JobCursor, type JobFilter, listJobs } from './list.ts';
export { type JobListener, type ListenOptions, listenForJobs, type OnJob } from './listen.ts';
export { migrate } from './migrate.ts';
export { listPages, type PageCursor, type PageFilter, type PageList } from './page-list.ts';
export { jobKey, pagesSince, readPageRow, type SealedPage, streamPages } from './pages.ts';
export { jobProgress, type ReadingRate, reportRate, withdrawRate } from './progress.ts';
export { markRenditions, type PageImageRow, readPageImageRow } from './renditions.ts';
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
export { type Swept, sweep } from './sweep.ts';
export {
  claimUnderstanding,
  failUnderstanding,
  type HeldUnderstanding,
  readUnderstanding,
  releaseUnderstanding,
  renewUnderstandings,
  type SealedUnderstanding,
  saveUnderstanding,
  type UnderstandingUnit,
  understandJob,
} from './understandings.ts';
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
