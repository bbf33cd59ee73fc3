export { jobContext, pageContext, passwordContext } from './contexts.ts';
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
export type { BlobStore } from './store.ts';
