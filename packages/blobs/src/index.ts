export { pageCacheKey } from './cache-keys.ts';
export { type ChangeableKeys, openChangeableKeys } from './changeable-keys.ts';
export {
  jobContext,
  jobWebhookContext,
  pageContext,
  passwordContext,
  understandingContext,
  understandingRequestContext,
  webhookSecretContext,
} from './contexts.ts';
export { giveBack } from './file-bytes.ts';
export { openBlobStore } from './filesystem.ts';
export { KEY_SERVICE_VARIABLES, type KeyServices, openMasterKeys } from './key-services.ts';
export { makeBucket } from './make-bucket.ts';
export {
  MasterKeyError,
  type MasterKeys,
  newDataKey,
  newMasterKey,
  parseMasterKeys,
  readKeyParts,
  rewrapDataKey,
  unwrapDataKey,
} from './master-keys.ts';
export { openConfiguredStore } from './open-store.ts';
export { type BlobPasses, openPassedStore, type PassedStore } from './passes.ts';
export { BLOB_RULES, BLOB_VARIABLES, BlobSettings } from './s3/settings.ts';
export { openBytes, sealBytes } from './sealed-bytes.ts';
export { inMemory, type RandomAccess } from './sealed-file.ts';
export { openStream, sealStream } from './sealed-stream.ts';
export { sourceHash } from './source-hash.ts';
export type { BlobPass, BlobStore } from './store.ts';
export { openStoredFiles, type StoredFile, type StoredFiles } from './stored-files.ts';
