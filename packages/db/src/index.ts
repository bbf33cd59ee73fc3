export { claimUnit, renewUnits } from './claim.ts';
export { closeDatabase, type Database, type DatabaseOptions, openDatabase, pingDatabase } from './connection.ts';
export { type UnitCounts, unitCounts } from './counts.ts';
export { createJob, eraseJob, type JobVersion, jobVersions, type NewFile, type NewJob, pollJob } from './jobs.ts';
export { createKey, ensureBootstrapTenant, findCaller, listKeys, type NewKey, revokeKey } from './keys.ts';
export { type JobCursor, type JobFilter, listJobs } from './list.ts';
export { type JobListener, type ListenOptions, listenForJobs, type OnJob } from './listen.ts';
export { migrate } from './migrate.ts';
export { jobKey, pagesSince, readPageRow, type SealedPage, streamPages } from './pages.ts';
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
