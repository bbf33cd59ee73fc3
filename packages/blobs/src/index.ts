export { pageCacheKey } from './cache-keys.ts';
export {
  jobContext,
  pageContext,
  passwordContext,
  understandingContext,
  understandingRequestContext,
} from './contexts.ts';
export { openBlobStore } from './filesystem.ts';
export {
  MasterKeyError,
  type MasterKeys,
  newDataKey,
  newMasterKey,
  parseMasterKeys,
  unwrapDataKey,
} from './master-keys.ts';
export { openBytes, sealBytes } from './sealed-bytes.ts';
export { sourceHash } from './source-hash.ts';
export type { BlobStore } from './store.ts';
